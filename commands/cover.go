package commands

var cover = focused(stock, "low", "cover", "cover beauty", "可售天数", "快断货", "低库存")
