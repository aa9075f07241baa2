package analysis

// lexicon holds the cues of each cause. Latin cues are lower case and match the
// beginning of a word. A cue a…b is a followed by b a little later.
var lexicon = map[string][]string{
	CauseCounterfeit: {
		"假货", "假的", "冒牌", "山寨", "仿品", "仿冒", "高仿", "翻新", "返修", "二手", "防伪", "不是正品", "非正品", "不像正品",
		"正品", "怀疑是", "值得怀疑", "不是真", "真假", "盗版", "假冒", "拆封过", "打开过", "别人退",
		"之前…不一样", "以前…不一样", "上次…不一样", "专柜…不一样", "超市…不一样", "实体店…不一样", "官网…不一样",
		"超市…区别", "专柜…区别", "实体店…区别", "正品…区别",
		"fake", "counterfeit", "knock-off", "knockoff", "not genuine", "not authentic", "not original", "replica", "refurbished", "second-hand",
	},
	CauseQuality: {
		"质量", "坏", "烂", "掉色", "褪色", "起球", "做工", "不新鲜", "发霉", "难吃", "异味", "味道", "臭", "痒", "过敏", "红疹", "掉发", "发热", "发烫", "烫手",
		"电池", "屏幕", "死机", "没反应", "卡顿", "太卡", "很卡", "太薄", "很薄", "变形", "线头", "噪音", "开裂", "裂", "破", "断了", "漏电", "瑕疵", "划痕", "脱胶", "开胶", "缩水",
		"太慢", "较慢", "很慢", "头皮屑", "不甜", "不怎么甜", "甜味", "没味", "味儿", "难闻", "口感", "小洞", "有洞", "模糊", "像素", "粗糙", "布料", "面料", "退色", "掉颜色",
		"丑", "散热", "配置", "待机", "开不了机", "不开机", "不透气", "弯曲", "皱", "有伤", "听不清", "太小", "很小", "好小", "真小", "小的可怜", "苹果小", "真差", "太差", "差劲",
		"薄的", "硬", "不值", "漏气", "掉漆", "故障", "不好用", "没用", "失灵", "蓝屏", "重启", "黑屏", "印刷", "缺页", "不舒服", "刺激", "辣眼", "不凉", "不热", "不制热", "异响", "生锈", "不耐用", "磨损", "开线",
		"quality", "broke", "broken", "defect", "faulty", "stopped working", "does not work", "doesn't work", "fell apart",
		"smell", "rash", "itch", "cheaply made", "flimsy", "torn", "crack", "overheat", "battery", "mould", "mold", "stale", "pill", "fade",
	},
	CauseDescription: {
		"描述", "不符", "图片", "照片差", "跟照片", "和照片", "色差", "颜色不", "颜色发错", "写的是", "标的", "宣传", "广告", "误导", "挂羊头", "货不对板",
		"尺码", "尺寸", "偏大", "偏小", "太大", "太长", "规格", "实物", "以为是", "说明书不", "虚标", "夸大", "不一致", "不合身", "换了颜色", "不是看到的", "写…其实", "写…只有", "说是…只有", "说是…其实",
		"not as described", "as described", "different from the picture", "wrong size", "wrong colour", "wrong color", "too small", "too big", "too large", "misleading",
		"size", "looks nothing like", "runs small", "runs large", "not match",
	},
	CausePackaging: {
		"包装", "漏液", "漏出", "流出", "渗漏", "渗出", "漏了", "撒了", "洒了", "盒子", "瓶盖", "泵头", "封条", "挤压", "压扁", "压坏", "外箱", "破损", "没有封",
		"packag", "leak", "spill", "crushed box", "damaged box", "box was", "seal",
	},
	CauseLogistics: {
		"物流", "快递慢", "快递太慢", "快递员", "快递丢", "配送", "送货", "发货慢", "发货太慢", "不发货", "没发货", "未发货", "迟迟", "到货慢", "号才到", "天才到", "才发货", "还没收到", "没收到", "没有收到", "等了",
		"丢件", "少发", "漏发", "错发", "发错", "缺件", "少了一", "少件", "派送", "签收",
		"deliver", "shipping", "shipped late", "courier", "late", "never arrived", "not arrived", "not received", "missing", "wrong item", "lost in transit",
	},
	CauseRefund: {
		"退款", "退货", "款也不打", "换了两次", "退换", "换货", "不退", "返还", "运费险", "不打款", "退钱", "不给换", "退回",
		"refund", "return", "money back", "exchange",
	},
	CauseService: {
		"客服", "态度", "服务", "售后", "不理人", "不理我", "不理会", "不理不睬", "推三阻四", "推卸", "不回", "敷衍", "投诉", "没人管", "骂人", "赠品", "没赠品", "没有赠品", "没送", "没给", "也不给", "不送", "送的…没", "说好的送", "没有耳机", "没耳机", "贴膜", "配件", "发票",
		"service", "rude", "no reply", "no response", "ignored", "support", "invoice", "gift",
	},
	CausePrice: {
		"降价", "涨价", "保价", "差价", "价格", "价钱", "立减", "官网…元", "太贵", "贵了", "一天一个价", "满减", "优惠没", "买贵", "便宜了", "性价比",
		"price", "expensive", "overpriced", "cheaper", "discount",
	},
}
