package demo

import "shopwatch/internal/market"

// regions are where buyers live, in the order of market.Shop.Regions.
var regions = []market.Label{
	{ID: "east", Name: market.Name{Zh: "华东", En: "East China"}, Words: []string{"华东地区", "east"}},
	{ID: "south", Name: market.Name{Zh: "华南", En: "South China"}, Words: []string{"华南地区", "south"}},
	{ID: "north", Name: market.Name{Zh: "华北", En: "North China"}, Words: []string{"华北地区", "north"}},
	{ID: "central", Name: market.Name{Zh: "华中", En: "Central China"}, Words: []string{"华中地区", "central"}},
	{ID: "southwest", Name: market.Name{Zh: "西南", En: "Southwest China"}, Words: []string{"西南地区", "southwest"}},
	{ID: "northeast", Name: market.Name{Zh: "东北", En: "Northeast China"}, Words: []string{"东北地区", "northeast"}},
	{ID: "northwest", Name: market.Name{Zh: "西北", En: "Northwest China"}, Words: []string{"西北地区", "northwest"}},
}

const (
	regionEast = iota
	regionSouth
	regionNorth
	regionCentral
	regionSouthwest
	regionNortheast
	regionNorthwest
)

// province is a receiver_state of the open platform.
type province struct {
	name   string
	region int
	weight float64
	cities []string
}

// provinces with their share of orders. Cities are prefecture-level.
var provinces = []province{
	{"浙江省", regionEast, 9.2, []string{"杭州市", "宁波市", "温州市", "金华市"}},
	{"江苏省", regionEast, 9.0, []string{"南京市", "苏州市", "无锡市", "徐州市"}},
	{"上海", regionEast, 7.1, []string{"上海市"}},
	{"山东省", regionEast, 6.0, []string{"济南市", "青岛市", "临沂市", "烟台市"}},
	{"安徽省", regionEast, 3.7, []string{"合肥市", "芜湖市", "阜阳市"}},
	{"福建省", regionEast, 3.9, []string{"福州市", "厦门市", "泉州市"}},
	{"江西省", regionEast, 2.3, []string{"南昌市", "赣州市"}},
	{"广东省", regionSouth, 13.2, []string{"广州市", "深圳市", "东莞市", "佛山市"}},
	{"广西壮族自治区", regionSouth, 2.2, []string{"南宁市", "柳州市"}},
	{"海南省", regionSouth, 0.8, []string{"海口市", "三亚市"}},
	{"北京", regionNorth, 5.4, []string{"北京市"}},
	{"天津", regionNorth, 1.9, []string{"天津市"}},
	{"河北省", regionNorth, 4.1, []string{"石家庄市", "保定市", "唐山市"}},
	{"山西省", regionNorth, 2.0, []string{"太原市", "大同市"}},
	{"内蒙古自治区", regionNorth, 1.3, []string{"呼和浩特市", "包头市"}},
	{"湖北省", regionCentral, 4.4, []string{"武汉市", "宜昌市", "襄阳市"}},
	{"湖南省", regionCentral, 3.8, []string{"长沙市", "衡阳市"}},
	{"河南省", regionCentral, 4.8, []string{"郑州市", "洛阳市", "南阳市"}},
	{"四川省", regionSouthwest, 4.7, []string{"成都市", "绵阳市"}},
	{"重庆", regionSouthwest, 2.2, []string{"重庆市"}},
	{"云南省", regionSouthwest, 1.7, []string{"昆明市", "曲靖市"}},
	{"贵州省", regionSouthwest, 1.4, []string{"贵阳市", "遵义市"}},
	{"西藏自治区", regionSouthwest, 0.2, []string{"拉萨市"}},
	{"辽宁省", regionNortheast, 2.7, []string{"沈阳市", "大连市"}},
	{"吉林省", regionNortheast, 1.3, []string{"长春市", "吉林市"}},
	{"黑龙江省", regionNortheast, 1.7, []string{"哈尔滨市", "大庆市"}},
	{"陕西省", regionNorthwest, 2.5, []string{"西安市", "咸阳市"}},
	{"甘肃省", regionNorthwest, 1.0, []string{"兰州市"}},
	{"青海省", regionNorthwest, 0.3, []string{"西宁市"}},
	{"宁夏回族自治区", regionNorthwest, 0.4, []string{"银川市"}},
	{"新疆维吾尔自治区", regionNorthwest, 1.1, []string{"乌鲁木齐市", "喀什地区"}},
}
