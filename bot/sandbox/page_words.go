package sandbox

// pageWords are the words of the page itself; what the bot says is its own.
func pageWords(lang string) map[string]string {
	if lang == "zh-CN" {
		return map[string]string{
			"channels": "频道", "apps": "应用", "you": "当前身份", "bot_on": "机器人已连接", "bot_off": "机器人未连接",
			"app": "应用", "only_you": "仅你可见", "edited": "已编辑", "replies": "{n} 条回复", "one_reply": "1 条回复",
			"last_reply": "最后回复 {t}", "reply_in_thread": "在消息列中回复", "thread": "消息列", "close": "关闭",
			"compose": "发消息到 {c}，或输入 / 使用命令", "compose_thread": "回复……", "send": "发送", "messages": "消息", "home": "主页",
			"cancel": "取消", "join": "加入频道", "join_hint": "你还没有加入 {c}", "empty": "这里还没有消息。试试输入 {cmd}",
			"empty_home": "机器人还没有发布主页。", "more": "更多操作", "choose": "请选择", "members": "{n} 人",
			"table_more": "表格", "optional": "选填", "offline": "与工作区的连接已断开，正在重试……", "failed": "操作未完成：{e}", "image_outside": "外部图片", "notice": "系统提示",
			"file_bytes": "{n} 字节", "switch": "切换身份", "skip": "跳到消息",
			"gallery": "全部卡片", "gallery_note": "机器人在演示店铺里真实说过的话：同一时刻、同一批数据，中英并排。这里的按钮不起作用。", "languages": "语言", "both": "并排",
			"need_value": "请填写此项。", "need_more": "请至少输入 {n} 个字符。", "need_less": "请最多输入 {n} 个字符。", "need_number": "请输入数字。",
		}
	}
	return map[string]string{
		"channels": "Channels", "apps": "Apps", "you": "You are", "bot_on": "Bot connected", "bot_off": "Bot not connected",
		"app": "App", "only_you": "Only visible to you", "edited": "edited", "replies": "{n} replies", "one_reply": "1 reply",
		"last_reply": "last reply {t}", "reply_in_thread": "Reply in thread", "thread": "Thread", "close": "Close",
		"compose": "Message {c}, or type / for a command", "compose_thread": "Reply…", "send": "Send", "messages": "Messages", "home": "Home",
		"cancel": "Cancel", "join": "Join channel", "join_hint": "You are not in {c} yet", "empty": "Nothing here yet. Try typing {cmd}",
		"empty_home": "The bot has not published a home page yet.", "more": "More actions", "choose": "Choose an option", "members": "{n} members",
		"table_more": "Table", "optional": "optional", "offline": "The connection to the workspace is gone, trying again…", "failed": "That did not work: {e}", "image_outside": "External picture",
		"notice": "Notice", "file_bytes": "{n} bytes", "switch": "Switch person", "skip": "Skip to the messages",
		"gallery": "All cards", "gallery_note": "What the bot has really said in the demo shop: one moment, one set of data, Chinese and English side by side. Buttons do nothing here.", "languages": "Language", "both": "Both",
		"need_value": "Please complete this required field.", "need_more": "Please enter at least {n} characters.",
		"need_less": "Please enter at most {n} characters.", "need_number": "Please enter a number.",
	}
}
