package commands

var slow = focused(stock, "slow", "slow", "slow top 20", "滞销", "清仓", "动销", "clearance")
