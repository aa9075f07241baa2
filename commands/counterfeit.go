package commands

var counterfeit = focused(complaints, "counterfeit", "counterfeit", "counterfeit 7d", "假货", "售假", "侵权", "fake")
