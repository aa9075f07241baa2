// Package commands answers what people ask and do in a chat, one question or
// act per file. A command is data: its names, examples, the right it asks for
// and a function. All is the registry in the order of help; adding a command is
// one file and one line there.
//
// What is typed in whole sentences ("why did sales fall yesterday") is turned into a
// question of the grammar first (Env.understood); one that is not understood gets
// the questions that come near, never the answer to another.
//
// The grammar (Parse) is the same for every command, in Chinese and English.
// Commands know no chat platform: a question comes in as an Ask, a chat.Message
// goes out.
package commands
