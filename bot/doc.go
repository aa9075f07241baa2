// Package bot is the front desk: an event from a chat comes in, a reply goes
// out. It drops what was seen before, checks who asks, acknowledges at once and
// answers from a bounded number of workers. It knows no platform and no figures.
package bot
