package demo

// cause is why a buyer complains or sends goods back.
type cause uint8

const (
	causeNone cause = iota
	causeLogistics
	causeDescription
	causeCounterfeit
	causeMissing
	causeService
	causeRefund
	causePrice
	causePackaging
	causeQuality
	causeChange // no fault of anybody's
	causeCount
)

// causeCode is the code of a cause in Subject.
var causeCode = [causeCount]string{"", "LOG", "DESC", "AUTH", "MISS", "SVC", "REF", "PRICE", "PACK", "QUAL", ""}

// refundReason is what the platform shows as the reason of a refund.
var refundReason = [causeCount]string{
	"其他", "快递一直未送到", "商品与页面描述不符", "假冒品牌", "少件/漏发", "商家服务态度差",
	"退货运费纠纷", "商品降价", "包装破损/漏液", "质量问题", "7天无理由退换货",
}

// reasonOf draws the reason of an ordinary refund.
func reasonOf(r *rng, unit int) cause {
	w := [causeCount]float64{2, 5, 12, .3, 4, 2, 1, 4, 4, 12, 50}
	switch unit {
	case unitApparel:
		w[causeDescription], w[causePackaging] = 28, 0
	case unitDigital:
		w[causePackaging], w[causeQuality] = 1, 20
	}
	return cause(r.pick(w[:]))
}

// causeOf draws the cause of an ordinary bad review.
func causeOf(r *rng, unit int) cause {
	w := [causeCount]float64{0, 14, 16, 1.2, 7, 9, 6, 8, 7, 30, 0}
	if unit == unitApparel {
		w[causeDescription], w[causePackaging] = 30, 1
	}
	return cause(r.pick(w[:]))
}

// Sentences of reviews by cause. %k stands for what the item is.
var complaints = [causeCount][]string{
	causeLogistics: {
		"物流太慢了，等了整整九天才到", "快递停在中转站五天没动静，催了也没人管", "说好48小时发货，第四天才揽收",
		"送货员直接扔门口，箱子都淋湿了", "到现在还没收到货，订单显示派送中已经三天",
		"Delivery took more than a week, way too slow", "快递丢件，客服让我自己去找网点",
	},
	causeDescription: {
		"和图片色差很大，图上是米白收到是黄的", "规格和页面写的不一样，感觉被误导了", "%k实物跟照片差太多了，货不对板", "描述不符，宣传夸大了",
		"Not as described, looks nothing like the pictures",
	},
	causeCounterfeit: {
		"怀疑是假货，和专柜买的味道质地都不一样", "扫防伪码查不到，肯定不是正品", "包装印刷模糊，字体都不对，山寨货",
		"跟之前在门店买的完全两样，假的吧", "Looks like a fake, the hologram is missing", "二手翻新的吧，盒子有拆封过的痕迹",
	},
	causeMissing: {
		"说好的赠品没有送", "少发了一件，客服说仓库核实没下文", "漏发配件，打开只有主机", "买二送一的小样没给",
		"Missing parts in the box",
	},
	causeService: {
		"客服态度很差，问三句答一句", "售后互相推卸，谁都不处理", "找客服一直不回，投诉了才有人理", "客服敷衍，复制粘贴的话术",
		"Customer service never replied",
	},
	causeRefund: {
		"申请退款一周了还不打款", "退货运费还要我自己出，说好的运费险呢", "换货拖了十天没有结果", "退款一直卡在商家处理",
	},
	causePrice: {
		"刚买两天就降价三十块，还不给保价", "一天一个价，买贵了", "活动价比平时还高，先涨后降", "差价不退，下次不会买了",
	},
	causePackaging: {"包装压扁了，封条也是开的", "盒子破损，像是被挤压过", "外包装烂了，送人都拿不出手"},
	causeQuality: {
		"质量太差，用了两天就坏了", "有股刺鼻的异味，不敢用", "Poor quality, broke after two days", "%k质量不行，跟价格不匹配", "做工粗糙，跟以前买的没法比",
	},
}

// unitComplaints are further sentences that only fit one unit.
var unitComplaints = [unitCount][causeCount][]string{
	{
		causeDescription: {"尺码偏小很多，平时穿M这次L都勒", "详情页写的加厚，实物薄薄一层", "码数标错了吧，标着L实际是S的尺寸", "尺码不准，袖子长了一截", "Size chart is wrong, way smaller than described"},
		causeQuality:     {"洗一次就掉色起球", "到处是线头，缝线都歪的", "穿一天拉链就坏了"},
		causePackaging:   {"袋子破了，衣服上一道脏印"},
	},
	{
		causeQuality:   {"用了之后脸上发痒起红点", "膏体发硬，像放了很久", "用完爆痘，停用才好"},
		causePackaging: {"收到的时候漏液了，盒子里全是", "瓶盖松的，漏了快三分之一", "漏液严重，外包装都浸湿了", "泵头坏了，一路漏到家", "打开就漏液，手上包上都是", "Leaking bottle, half of it was gone", "%k漏液，封口没封好"},
	},
	{
		causeDescription: {"说是支持快充，实测根本不是", "型号发错了，和我手机不配"},
		causeQuality:     {"充电发热严重，没几天就充不进电", "电池半天就没电，续航虚标", "按键第二天就失灵", "一边没声音，声音断断续续", "Overheats after ten minutes"},
	},
}

var praises = []string{
	"很好用，已经回购第三次了", "物流快，包装完好，好评", "质量不错，和描述一致", "宝贝收到了，颜色很正，喜欢", "性价比很高，推荐",
	"给妈妈买的，她很喜欢", "客服态度好，发货也快", "%k挺好的，家里人都说不错", "五星好评", "Good quality, fast delivery", "第二次买了，还是一样好",
	"活动价入手很划算", "面料舒服，大小合适", "用了一周来评价，效果可以", "此用户没有填写评价。",
}

var lukewarm = []string{"一般般吧，", "中规中矩，", "还行，就是", "期望太高了，", ""}

var endings = []string{"", "", "。", "！", "，失望", "，不推荐", "，希望改进", "，再也不买了"}
