package demo

import "shopwatch/internal/market"

// units are the business units that race each other.
var units = []market.Label{
	{ID: "apparel", Name: market.Name{Zh: "服饰", En: "Apparel"}, Words: []string{"服装", "clothes"}},
	{ID: "beauty", Name: market.Name{Zh: "美妆", En: "Beauty"}, Words: []string{"化妆品", "cosmetics"}},
	{ID: "digital", Name: market.Name{Zh: "数码", En: "Digital"}, Words: []string{"电子", "electronics"}},
}

const (
	unitApparel = iota
	unitBeauty
	unitDigital
	unitCount
)

// channels are where the shop sells.
var channels = []market.Label{
	{ID: "tmall", Name: market.Name{Zh: "天猫旗舰店", En: "Tmall flagship"}, Words: []string{"旗舰店", "天猫", "flagship"}},
	{ID: "supermarket", Name: market.Name{Zh: "天猫超市", En: "Tmall supermarket"}, Words: []string{"猫超", "超市"}},
	{ID: "taote", Name: market.Name{Zh: "淘特", En: "Taote"}, Words: []string{"淘宝特价版", "特价版"}},
}

const (
	channelTmall = iota
	channelSupermarket
	channelTaote
	channelCount
)

// sellerNicks are the platform's names of the channels' shops.
var sellerNicks = [channelCount]string{"岚里旗舰店", "岚里天猫超市店", "岚里淘特店"}

var entries = []string{"search", "recommend", "ads", "live"}

// category is a shelf with its price level in yuan.
type category struct {
	id, zh, en string
	cid        int64 // the platform's leaf category
	median     float64
	sigma      float64
	specs      []string
	features   []string
}

var categories = [unitCount][]category{
	{
		{"down_jacket", "羽绒服", "Down jackets", 50008899, 549, .30, sizes, []string{"90白鸭绒", "中长款", "连帽", "可拆卸毛领", "极寒加厚", "轻薄便携"}},
		{"dress", "连衣裙", "Dresses", 50010850, 259, .35, sizes, []string{"法式", "收腰", "碎花", "针织", "气质通勤", "小个子"}},
		{"tshirt", "T恤", "T-shirts", 50000671, 89, .30, sizes, []string{"重磅纯棉", "宽松", "圆领", "打底", "情侣款", "速干"}},
		{"jeans", "牛仔裤", "Jeans", 162205, 189, .28, sizes, []string{"高腰", "直筒", "显瘦", "弹力", "复古水洗", "加绒"}},
		{"hoodie", "卫衣", "Hoodies", 162103, 169, .28, sizes, []string{"加绒", "连帽", "美式复古", "oversize", "纯色", "印花"}},
		{"kids", "童装套装", "Kids' sets", 50010540, 119, .30, []string{"110cm", "120cm", "130cm", "140cm"}, []string{"A类纯棉", "秋冬加厚", "洋气", "男女童", "卡通"}},
		{"underwear", "内衣", "Underwear", 1636, 79, .30, []string{"75B", "80B", "M", "L"}, []string{"无痕", "莫代尔", "抗菌", "聚拢", "3条装"}},
		{"boots", "短靴", "Ankle boots", 50012047, 329, .32, []string{"36码", "37码", "38码", "39码"}, []string{"真皮", "加绒", "粗跟", "马丁", "切尔西"}},
	},
	{
		{"cream", "面霜", "Face creams", 50011980, 239, .35, []string{"50ml", "30ml", "80ml"}, []string{"玻色因", "烟酰胺", "修护", "抗皱紧致", "保湿", "敏感肌"}},
		{"serum", "精华液", "Serums", 50011978, 289, .35, []string{"30ml", "50ml", "15ml*2"}, []string{"原液", "A醇", "维C", "淡斑", "提亮", "双抗"}},
		{"mask", "面膜", "Face masks", 121454013, 99, .30, []string{"10片", "20片", "30片"}, []string{"玻尿酸", "补水", "舒缓", "蚕丝", "冷敷"}},
		{"lipstick", "口红", "Lipsticks", 50010801, 159, .35, []string{"#01 豆沙", "#03 正红", "#07 枫叶"}, []string{"丝绒", "哑光", "不沾杯", "滋润", "礼盒装"}},
		{"sunscreen", "防晒霜", "Sunscreens", 50011982, 129, .28, []string{"50g", "30g", "60ml"}, []string{"SPF50+", "清爽不油腻", "军训", "隔离二合一", "敏感肌"}},
		{"cleanser", "洁面乳", "Cleansers", 50011977, 79, .28, []string{"100g", "120g", "150ml"}, []string{"氨基酸", "温和", "控油", "男女通用"}},
		{"perfume", "香水", "Perfumes", 50010815, 359, .38, []string{"50ml", "30ml", "100ml"}, []string{"持久留香", "木质调", "花果香", "小众", "礼盒"}},
		{"shampoo", "洗发水", "Shampoos", 50023282, 89, .28, []string{"500ml", "400ml", "750ml"}, []string{"控油蓬松", "去屑", "防脱", "无硅油", "生姜"}},
	},
	{
		{"earphones", "蓝牙耳机", "Earphones", 50005050, 289, .40, colors, []string{"主动降噪", "半入耳", "超长续航", "骨传导", "低延迟"}},
		{"charger", "充电器", "Chargers", 50024102, 99, .30, colors, []string{"65W氮化镓", "PD快充", "三口", "折叠插脚"}},
		{"phone_case", "手机壳", "Phone cases", 50024103, 59, .30, []string{"标准版", "Pro", "Pro Max"}, []string{"磁吸", "防摔", "液态硅胶", "透明", "支架"}},
		{"watch", "智能手表", "Smart watches", 124242008, 599, .38, colors, []string{"血氧心率", "GPS", "蓝牙通话", "长续航", "运动"}},
		{"keyboard", "机械键盘", "Keyboards", 110508, 329, .35, []string{"青轴", "茶轴", "红轴"}, []string{"三模", "热插拔", "87键", "RGB", "静音"}},
		{"speaker", "蓝牙音箱", "Speakers", 50005051, 299, .38, colors, []string{"便携", "防水", "低音炮", "户外", "复古"}},
		{"cable", "数据线", "Cables", 50024104, 49, .25, []string{"1m", "2m", "两条装"}, []string{"100W", "编织", "Type-C", "三合一", "快充"}},
		{"power_bank", "移动电源", "Power banks", 50024105, 159, .28, colors, []string{"20000毫安", "自带线", "22.5W", "可上飞机", "迷你"}},
	},
}

var (
	sizes  = []string{"S", "M", "L", "XL"}
	colors = []string{"曜石黑", "云雾白", "海盐蓝"}
)

var brands = [unitCount][]string{
	{"岚里", "屿外", "木棉町", "北纬三十", "麦青"},
	{"岚里美研", "初雾", "栖颜", "白露集", "植光"},
	{"岚里数码", "极芯", "声野", "凌度", "方糖科技"},
}

var (
	titleHeads = []string{"2026新款", "旗舰店正品", "直播同款", "热卖", "官方自营", "限量", "升级款", "达人推荐", ""}
	titleTails = [unitCount][]string{
		{"显瘦百搭", "女", "男", "学生党", "高级感", "通勤", "小众设计", ""},
		{"送女友", "学生党", "官方正品", "囤货装", "礼盒", "男女可用", "敏感肌可用", ""},
		{"适用苹果华为", "通用", "办公家用", "送男友", "学生党", "长续航", "旗舰版", ""},
	}
)

// hostile titles look like chat mentions, formulas or markup. They sit on a few
// ordinary items, because sooner or later somebody names an item like that.
var hostile = []string{
	"<!channel> 面霜",
	`=HYPERLINK("http://x","礼盒")`,
	"<@U000> & *加粗* _斜体_ `代码` 精华",
	"+1-1|@SUM(A1:A9) 口红套装",
	"𠮷祥如意\u202e序倒 手机壳 🎁",
}

// rival is a fictional competitor.
type rival struct {
	id   string
	name string
}

var rivals = []rival{
	{"rival_a", "竞品A 澜屿生活馆"},
	{"rival_b", "竞品B 初木研选"},
	{"rival_c", "竞品C 极栗优品"},
}
