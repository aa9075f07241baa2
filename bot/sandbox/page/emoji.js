// The emoji names that shop messages use. Others stay as they are written.
export const emoji = {
  eyes: "👀", white_check_mark: "✅", heavy_check_mark: "✔", x: "❌", warning: "⚠️", rotating_light: "🚨", bell: "🔔",
  no_bell: "🔕", mute: "🔇", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", package: "📦",
  moneybag: "💰", fire: "🔥", sunny: "☀️", clock: "🕐", hourglass: "⌛", thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎",
  tada: "🎉", information_source: "ℹ️", red_circle: "🔴", large_yellow_circle: "🟡", large_green_circle: "🟢", truck: "🚚",
  speech_balloon: "💬", mag: "🔍", gear: "⚙️", wrench: "🔧", raised_hand: "✋", pushpin: "📌", memo: "📝", page_facing_up: "📄",
};
