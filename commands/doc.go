// Package commands answers what people ask and do in a chat, one question or
// act per file. A command is data: its names, examples, the right it asks for
// and a function. All is the registry in the order of help; adding a command is
// one file and one line there.
//
// The grammar (Parse) is the same for every command, in Chinese and English.
// Commands know no chat platform: a question comes in as an Ask, a chat.Message
// goes out.
package commands
