package config

import "strings"

// Code names a kind of problem; its texts are in texts.
type Code string

type words struct{ cause, remedy string }

type text struct{ zh, en words }

func (t text) in(lang string) words {
	if strings.HasPrefix(lang, "zh") {
		return t.zh
	}
	return t.en
}

// cronNames are the Chinese names of the five fields of a schedule.
var cronNames = map[string]string{"minute": "分", "hour": "时", "day": "日", "month": "月", "weekday": "周"}

// texts holds what people read about each kind of problem. Blanks are filled
// from Problem.Args; {key} is the last name of the key path.
var texts = map[Code]text{
	"empty_file":      {words{"文件是空的", "运行 shopwatch init 生成一份配置"}, words{"the file is empty", "run shopwatch init to write a starting configuration"}},
	"too_large":       {words{"文件超过 1 MiB", "把数据放进来源文件，配置里只写键"}, words{"the file is larger than 1 MiB", "keep data in source files; the configuration only holds keys"}},
	"too_deep":        {words{"嵌套太深", "检查是否漏写了右括号"}, words{"nested too deeply", "look for a missing closing bracket"}},
	"not_utf8":        {words{"不是 UTF-8 编码", "用编辑器另存为 UTF-8"}, words{"not UTF-8", "save the file as UTF-8"}},
	"second_document": {words{"第二个 --- 文档会被忽略", "删除 ---，把内容并到一个文档里"}, words{"a second document after --- would be ignored", "remove the --- and keep everything in one document"}},
	"not_mapping":     {words{"文件应由“键: 值”组成", "例如写成 language: zh-CN"}, words{"the file must consist of keys with values", "write for example language: en"}},

	"syntax":           {words{"此处无法按 YAML 读取", "检查这一行的缩进、冒号后的空格和引号"}, words{"this cannot be read as YAML", "check the line's indentation, the space after the colon, and its quotes"}},
	"unclosed_quote":   {words{"引号没有结束", "在值的末尾补上引号"}, words{"a quote is never closed", "close the quote at the end of the value"}},
	"unclosed_bracket": {words{"此前的括号没有结束", "补上 ] 或 }，或逐项写成以 - 开头的行"}, words{"a bracket before this is never closed", "add the ] or }, or write one item a line, each after a dash"}},
	"reserved":         {words{"值不能以 @ 或 ` 开头", "给值加上引号"}, words{"a value cannot start with @ or a back-tick", "put the value in quotes"}},
	"tab":              {words{"缩进用了制表符", "改用空格缩进"}, words{"a tab is used for indentation", "indent with spaces"}},
	"wide_colon":       {words{"用了全角冒号 ：", "改用半角冒号加空格：{line}"}, words{"this is a full-width colon ：", "use a plain colon and a space: {line}"}},
	"wide_space":       {words{"用了全角空格", "改用普通空格"}, words{"this is a full-width space", "use a plain space"}},
	"wide_comma":       {words{"用了全角逗号 ，，整段会被当成一项", "改用半角逗号，若逗号属于文字请加引号"}, words{"a full-width comma ， makes this one single item", "use a plain comma, or quotes if the comma belongs to the text"}},
	"curly_quotes":     {words{"用了弯引号，它会成为值的一部分", "改用直引号 \""}, words{"curly quotes would become part of the value", "use straight quotes \""}},
	"anchor":           {words{"不支持锚点 &", "把内容直接写出来"}, words{"anchors (&) are not accepted", "write the content out"}},
	"alias":            {words{"不支持引用 *", "把内容直接写出来；若值以 * 开头请加引号"}, words{"aliases (*) are not accepted", "write the content out, or quote a value that starts with *"}},
	"tag":              {words{"不支持标签 !", "删除标签；若值以 ! 开头请加引号"}, words{"tags (!) are not accepted", "remove the tag, or quote a value that starts with !"}},
	"merge":            {words{"不支持合并键 <<", "把内容直接写出来"}, words{"merge keys (<<) are not accepted", "write the content out"}},
	"complex_key":      {words{"键必须是一个词", "写成 键: 值"}, words{"a key must be one word", "write key: value"}},
	"duplicate_key":    {words{"键重复，第 {line} 行已有", "删除其中一个"}, words{"the key is already on line {line}", "remove one of the two"}},

	"unknown_key":      {words{"未知的键", "此处可用：{known}"}, words{"unknown key", "keys known here: {known}"}},
	"unknown_key_near": {words{"未知的键，是否想写 {near}？", "写成 {near}:"}, words{"unknown key, did you mean {near}?", "write {near}:"}},
	"missing_key":      {words{"缺少必填项 {missing}", "加上 {missing}: {example}"}, words{"{missing} is missing", "add {missing}: {example}"}},
	"no_value":         {words{"没有值", "写上值，或删除这一行"}, words{"there is no value", "write a value, or remove the line"}},
	"commented_value":  {words{"没有值：空格后的 # 开始了注释", "加引号：{key}: \"#...\""}, words{"there is no value: a # after a space starts a comment", "use quotes: {key}: \"#...\""}},
	"want_mapping":     {words{"这里应是一组键", "换行缩进后逐行写 键: 值"}, words{"a group of keys is needed here", "write key: value lines, indented, below it"}},
	"want_list":        {words{"这里应是列表", "写成 [{got}]"}, words{"a list is needed here", "write [{got}]"}},
	"want_text":        {words{"这里应是一段文字", "写成 {key}: {example}"}, words{"a single text is needed here", "write {key}: {example}"}},
	"quote_number":     {words{"{got} 会被当成数字", "加引号：\"{got}\""}, words{"{got} would be read as a number", "use quotes: \"{got}\""}},
	"quote_word":       {words{"{got} 会被当成开关或空值", "加引号：\"{got}\""}, words{"{got} would be read as a switch or as nothing", "use quotes: \"{got}\""}},
	"want_whole":       {words{"应是整数，而不是 {got}", "写成例如 {key}: {example}"}, words{"a whole number is needed, not {got}", "write for example {key}: {example}"}},
	"want_number":      {words{"应是数字，而不是 {got}", "写成例如 {key}: {example}"}, words{"a number is needed, not {got}", "write for example {key}: {example}"}},
	"percent":          {words{"这里不能写百分号", "写成 {share}"}, words{"a percent sign is not accepted here", "write {share}"}},
	"joined_item":      {words{"缩进过深的 - 被并入了上一项", "让每个 - 对齐"}, words{"an over-indented dash was joined to the item above", "align all dashes"}},

	"one_of":        {words{"{got} 不在可选值之中", "可选：{known}"}, words{"{got} is not one of the accepted values", "accepted: {known}"}},
	"one_of_near":   {words{"{got} 不在可选值之中，是否想写 {near}？", "可选：{known}"}, words{"{got} is not accepted, did you mean {near}?", "accepted: {known}"}},
	"range":         {words{"{got} 超出 {min} 到 {max} 的范围", "写一个范围内的数，例如 {key}: {example}"}, words{"{got} is outside {min} to {max}", "write a number in that range, for example {key}: {example}"}},
	"duration_unit": {words{"时长缺少单位", "写成 90s、15m、2h 或 1d"}, words{"the duration has no unit", "write 90s, 15m, 2h or 1d"}},
	"duration":      {words{"{got} 不是时长", "写成 90s、15m、2h 或 1d"}, words{"{got} is not a duration", "write 90s, 15m, 2h or 1d"}},
	"size":          {words{"{got} 不是容量", "写成 512MiB 或 16GiB"}, words{"{got} is not a size", "write 512MiB or 16GiB"}},
	"date":          {words{"{got} 不是日期", "写成 2026-11-11"}, words{"{got} is not a date", "write 2026-11-11"}},
	"zone":          {words{"不认识的时区 {got}", "写成 IANA 名称，例如 Asia/Shanghai"}, words{"unknown time zone {got}", "write an IANA name such as Asia/Shanghai"}},
	"amount":        {words{"{got} 不是 {currency} 金额", "写成 2000、\"1,234.50\" 或 628.4万"}, words{"{got} is not an amount of {currency}", "write 2000, \"1,234.50\" or 628.4万"}},
	"negative":      {words{"金额不能为负", "写成 0 或正数"}, words{"an amount cannot be negative", "write 0 or more"}},
	"currency":      {words{"{got} 不是币种代码", "写成三个大写字母，例如 CNY"}, words{"{got} is not a currency code", "write three capital letters, for example CNY"}},
	"id":            {words{"{got} 不能用作 id", "只用字母、数字、- 和 _，例如 tmall_flagship"}, words{"{got} cannot be an id", "use letters, digits, - and _ only, for example tmall_flagship"}},
	"url":           {words{"{got} 不是可用的地址", "写成以 https:// 开头、以 / 结尾的地址"}, words{"{got} is not a usable address", "write an address that starts with https:// and ends with /"}},
	"listen":        {words{"{got} 不是监听地址", "写成 127.0.0.1:8788"}, words{"{got} is not an address to listen on", "write 127.0.0.1:8788"}},
	"open_listen":   {words{"{got} 可从别的机器访问，但没有设置 web.token", "改成 127.0.0.1:8788，或设置 web.token: ${SHOPWATCH_WEB_TOKEN}"}, words{"{got} is reachable from other machines but web.token is not set", "write 127.0.0.1:8788, or set web.token: ${SHOPWATCH_WEB_TOKEN}"}},
	"day_start":     {words{"营业日开始时间应在 0h 到 12h 之间", "写成例如 day_start: 4h"}, words{"the business day must start between 0h and 12h", "write for example day_start: 4h"}},

	"unset":          {words{"环境变量 {name} 没有设置", "启动前设置 {name}，或写 ${{name}:-默认值}"}, words{"the environment variable {name} is not set", "set {name} before starting, or write ${{name}:-default}"}},
	"unset_secret":   {words{"环境变量 {name} 没有设置或为空", "启动前设置 {name}"}, words{"the environment variable {name} is not set or empty", "set {name} before starting"}},
	"reference":      {words{"${ 后的变量引用不完整", "写成 ${NAME} 或 ${NAME:-默认值}；$ 本身写成 $$"}, words{"the reference after ${ is not complete", "write ${NAME} or ${NAME:-default}; write $$ for a plain $"}},
	"file_path":      {words{"file: 后应是绝对路径", "写成 file:/run/secrets/名称"}, words{"file: needs an absolute path", "write file:/run/secrets/name"}},
	"file_missing":   {words{"file: 指向的文件不存在", "检查路径，或先创建该文件"}, words{"the file after file: does not exist", "check the path, or write the file first"}},
	"file_denied":    {words{"没有权限读取 file: 指向的文件", "让运行 shopwatch 的用户可以读取它"}, words{"the file after file: may not be read", "let the user that runs shopwatch read it"}},
	"file_read":      {words{"无法读取 file: 指向的文件", "检查路径是否指向普通文件"}, words{"the file after file: cannot be read", "check that the path names an ordinary file"}},
	"file_empty":     {words{"file: 指向的文件是空的", "把密钥写入该文件"}, words{"the file after file: is empty", "write the secret into that file"}},
	"literal_secret": {words{"密钥不能直接写在配置里", "写成 {key}: ${{name}} 或 {key}: file:/run/secrets/{key}"}, words{"a secret must not stand in the file itself", "write {key}: ${{name}} or {key}: file:/run/secrets/{key}"}},

	"cron_fields":    {words{"计划应有 5 段，这里有 {got} 段", "写成“分 时 日 月 周”，例如 {key}: \"30 8 * * *\""}, words{"a schedule has 5 fields, this has {got}", "write minute hour day month weekday, for example {key}: \"30 8 * * *\""}},
	"cron_range":     {words{"{field} {got} 超出 {min}-{max}", "写成例如 {key}: \"30 8 * * *\""}, words{"{field} {got} is outside {min}-{max}", "write for example {key}: \"30 8 * * *\""}},
	"cron_field":     {words{"{field} {got} 无法识别", "写成例如 {key}: \"30 8 * * *\""}, words{"{field} {got} cannot be read", "write for example {key}: \"30 8 * * *\""}},
	"kept_too_short": {words{"{got} 太短，回答要用到更早的数据", "至少写 {least}"}, words{"{got} is too short: answers look further back", "write at least {least}"}},
	"cron_never":     {words{"这个计划不会运行：{why}", "写成例如 {key}: \"30 8 * * *\""}, words{"this schedule cannot run: {why}", "write for example {key}: \"30 8 * * *\""}},

	"duplicate_id":   {words{"id {got} 重复，第 {line} 行已有", "换一个 id"}, words{"the id {got} is already on line {line}", "choose another id"}},
	"band_order":     {words{"上限 {to} 不大于下限 {from}", "让 to 大于 from，或删除 to 表示不设上限"}, words{"the upper end {to} is not above the lower end {from}", "make to larger than from, or remove to for no upper end"}},
	"band_overlap":   {words{"与价格带 {other} 重叠", "让每一带的 from 等于上一带的 to"}, words{"overlaps the band {other}", "let each band start where the one below ends"}},
	"unit_unknown":   {words{"units 里没有 {got}", "可用：{known}"}, words{"{got} is not one of the units", "known: {known}"}},
	"date_order":     {words{"结束日期 {to} 早于开始日期 {from}", "让 to 等于或晚于 from"}, words{"ends on {to}, before it begins on {from}", "let to be the same day as from or later"}},
	"tier_order":     {words{"{low} 大于 {high}", "应为 base ≤ sprint ≤ challenge"}, words{"{low} is larger than {high}", "the tiers must grow: base, sprint, challenge"}},
	"target_twice":   {words{"与第 {line} 行的目标重叠：同一对象、同一时段", "删除其中一个"}, words{"same stretch and unit as the target on line {line}", "remove one of the two"}},
	"target_many":    {words{"展开后超过 {max} 个目标", "缩短 from 到 to 的时段"}, words{"this makes more than {max} targets", "shorten the stretch from..to"}},
	"curve_outside":  {words{"{got} 不在目标的时段内", "改为 from 到 to 之间的日期"}, words{"{got} lies outside the target", "name a day between from and to"}},
	"curve_hours":    {words{"hours 要有 24 个不小于 0、不全为 0 的数，现有 {got} 个", "从营业日的第一个小时起，每小时一个"}, words{"hours needs 24 numbers that are 0 or more and not all 0, there are {got}", "one for each hour, from the first of the business day on"}},
	"day_both":       {words{"{got} 同时是假日和调休上班日", "从其中一个列表里删除"}, words{"{got} is both a day off and a make-up workday", "remove it from one of the lists"}},
	"channel":        {words{"{got} 不是频道", "写成 \"#频道名\" 或频道 id，例如 C0123ABCD"}, words{"{got} is not a channel", "write \"#name\" or the channel's id, for example C0123ABCD"}},
	"shop_unknown":   {words{"没有店铺 {got}", "可用：{known}"}, words{"there is no shop {got}", "known: {known}"}},
	"shop_needed":    {words{"有多个店铺，需要写明 shop", "加上 shop: {example}；可用：{known}"}, words{"there are several shops, so shop is needed", "add shop: {example}; known: {known}"}},
	"post_twice":     {words{"与第 {line} 行是同一频道和店铺", "合并成一项"}, words{"same channel and shop as on line {line}", "merge the two"}},
	"post_nothing":   {words{"没有写 digests 也没有写 alerts，不会发送任何内容", "加上 digests: [morning] 或 alerts: [all]"}, words{"neither digests nor alerts are named, so nothing would be posted", "add digests: [morning] or alerts: [all]"}},
	"post_no_slack":  {words{"有 post 但没有 slack，无处可发", "加上 slack 一节"}, words{"there is a post section but no slack section to post with", "add a slack section"}},
	"socket_needs":   {words{"socket 模式需要 {missing}", "加上 {missing}: ${{name}}"}, words{"socket mode needs {missing}", "add {missing}: ${{name}}"}},
	"http_needs":     {words{"http 模式需要 {missing}", "加上 {missing}: {example}"}, words{"http mode needs {missing}", "add {missing}: {example}"}},
	"want_switch":    {words{"应是 true 或 false，而不是 {got}", "写成 {key}: true"}, words{"true or false is needed, not {got}", "write {key}: true"}},
	"matchers":       {words{"{got} 不是能用的匹配条件", "例如 match: rule=stock_out severity=critical"}, words{"{got} cannot be used as matchers", "write for example match: rule=stock_out severity=critical"}},
	"alert_place":    {words{"{got} 不是频道或用户 id", "写成 \"#频道名\"、频道 id 或用户 id，例如 C0123ABCD、U0123ABCD"}, words{"{got} is neither a channel nor a user id", "write \"#name\", a channel's id or a user id, for example C0123ABCD or U0123ABCD"}},
	"alert_person":   {words{"{got} 不是用户 id 或用户组 id", "例如 U0123ABCD、S0123ABCD"}, words{"{got} is neither a user id nor a group id", "write for example U0123ABCD or S0123ABCD"}},
	"interval":       {words{"{got} 不是能用的时段", "例如 daily 22:00-08:00、weekends、mon-fri 09:00-18:00"}, words{"{got} is no stretch that works", "write for example daily 22:00-08:00, weekends or mon-fri 09:00-18:00"}},
	"escalate":       {words{"{got} 不是升级步骤", "写成 时长 加 用户 id、用户组 id 或频道，例如 30m U0123ABCD"}, words{"{got} is no step of an escalation", "write how long, then a user id, a group id or a channel, for example 30m U0123ABCD"}},
	"alert_nowhere":  {words{"这一项不会通知任何人", "加上 to: [\"#频道名\"]，或写在上一层"}, words{"nobody would be told", "add to: [\"#name\"], here or in the node above"}},
	"watch_needs":    {words{"新规则缺少 {missing}", "写上 {missing}；自带的规则是：{known}"}, words{"a new rule needs {missing}", "add {missing}; the rules that come with it are {known}"}},
	"watch_fixed":    {words{"{rule} 没有这一项可调", "可调：{known}"}, words{"{rule} does not take this key", "it takes {known}"}},
	"watch_metric":   {words{"没有这个指标", "用 shopwatch ask 「指标」查看全部指标的键"}, words{"there is no such metric", "see the keys with: shopwatch ask define"}},
	"watch_by":       {words{"这个指标不能按这个维度拆分", "换一个 by，或删除它看全店"}, words{"this metric cannot be split by this dimension", "choose another by, or leave it out for the whole shop"}},
	"watch_match":    {words{"不是能用的条件", "写成例如 match: unit=beauty channel=tmall"}, words{"these conditions cannot be used", "write for example match: unit=beauty channel=tmall"}},
	"watch_spike":    {words{"激增规则只能数个数", "换一个按个数计的指标，例如 orders"}, words{"a spike rule counts", "use a metric that is a count, such as orders"}},
	"user":           {words{"{got} 不是用户 id", "在 Slack 个人资料的“复制成员 ID”里取得，例如 U0123ABCD"}, words{"{got} is not a user id", "take it from Copy member ID in the Slack profile, for example U0123ABCD"}},
	"team":           {words{"{got} 不是工作区 id", "以 T 开头，例如 T0123ABCD"}, words{"{got} is not a workspace id", "it starts with T, for example T0123ABCD"}},
	"phase_overlap":  {words{"与阶段 {other} 重叠", "让阶段首尾相接"}, words{"overlaps the phase {other}", "let phases follow each other"}},
	"peak_outside":   {words{"peak {got} 不在任何阶段之内", "改成阶段内的一天"}, words{"the peak {got} lies in none of the phases", "write a day inside a phase"}},
	"too_many_items": {words{"列表超过 {max} 项", "删减列表"}, words{"the list has more than {max} items", "shorten the list"}},
}
