package commands

import "strings"

// idea is something that people say in many ways.
type idea string

// ideas are the words of whole sentences: each idea with how it is said. A form
// may have several words; the longest one that fits is taken, so that "sold out"
// is not "sold". A word that is nowhere in these lists is not guessed at.
var ideas = []struct {
	is    idea
	forms string // apart by commas
}{
	{"sell", "sell,sells,sold,selling,sales,revenue,turnover,gmv,takings,income,make,made,earn,earned,bring in,brought in,bring,brought,business,带来,带来了," +
		"卖,卖了,卖得,卖的,卖出,卖出去,卖掉,销售,销售额,销量,成交,成交额,营业额,业绩,营收,流水,收入,进账,成绩,生意,卖多少钱,sales figures,sales numbers,numbers,figures,result,results,moving,成交金额,交易额,总额,销售情况,出货量,卖得动,卖起来,做起来,成交了"},
	{"how", "how,怎么样了,up or down,是涨是跌,涨了还是跌了,涨还是跌"},
	{"doing", "doing,going,go,perform,performed,performing,performance,look,looking,怎么样,咋样,如何,怎样,情况,表现,行不行,好吗,好不好,还好吗,顺利吗,gone,went,went well,well,work,works,working,状况,走势,趋势,trend,trending,trends,稳不稳,稳吗,progressing,shaping up,holding up"},
	{"howmuch", "how much,how many,how big,how high,多少,多少钱,几单,多大,多高,几成,几个点"},
	{"why", "why,how come,what made,what makes,what drove,what drives,what driving,what is driving,what caused,what causing,what causes,cause,caused,reason,reasons,what behind,what is behind,behind,what happened,explain," +
		"为什么,为啥,为何,怎么会,什么原因,啥原因,原因,怎么回事,咋回事,怎么搞的,咋,explains,what led to,led to,due to,what went wrong,怎么搞,咋搞,为什么会,怎么就,凭什么"},
	{"howcome", "怎么"},
	{"fall", "fall,falls,fell,fallen,falling,drop,drops,dropped,dropping,down,decline,declined,decrease,decreased,dip,dipped,weak,weaker,lower,low,bad,poor,poorly,slow,slower,slump,slumped," +
		"跌,跌了,下跌,下降,下滑,降了,掉了,掉,差,变差,少了,变少,减少,少,低,不好,下来,惨,暴跌,大跌,下降了,worse,softer,soft,disappointing,drops in,fall off,fell off,off,went down,go down,gone down,坏,惨淡,不行,不理想,不太好,不如,变坏,厉害,下去,跌得"},
	{"rise", "rise,rises,rose,risen,rising,up,jump,jumped,increase,increased,grow,grew,grown,growing,growth,surge,surged,spike,spiked,higher,better," +
		"涨,涨了,上涨,上升,增长,增加,涨得,好,变好,大涨,暴涨,猛涨,增速,went up,go up,gone up,strong,stronger,well above,好转,回升,涨幅,旺,提升,提高,变多,升,升了"},
	{"fast", "fastest,quickest,most quickly,最快,最猛,the most,how fast,how quickly,quickly,how often,often,多快,多久一次,频率,多频繁"},
	{"best", "best,top,most,biggest,highest,leading,strongest,最好,最多,最高,最火,最大,最强,最受欢迎,第一,first,number one,no 1,best performing,冠军,最棒,排第一,前几名,前几,榜首"},
	{"bestseller", "bestseller,bestsellers,best seller,best sellers,best-seller,best-sellers,best selling,best-selling,top seller,top sellers,top-selling,畅销,最畅销,畅销品,畅销榜,销量榜,卖爆"},
	{"least", "worst,least,lowest,weakest,slowest,最差,最少,最低,最惨,最慢"},
	{"item", "item,items,product,products,sku,skus,goods,article,articles,things,one,ones,stuff,商品,单品,产品,款,东西,宝贝,货品,品,货,哪几款,listing,listings,货物,哪款,哪些款,商品们,爆品们,品类里"},
	{"out", "out of stock,sold out,no stock,run out already,empty shelves,缺货,断货,断货了,售罄,没货,没货了,没库存,卖完,卖完了,卖光,卖断货,脱销,断码,unavailable,empty,zero stock,缺的,断码了,没得卖,空了,断供,stockout,stockouts,stock-out,stock-outs"},
	{"runout", "run out,runs out,running out,run out of stock,runs out of stock,running low,running low on stock,low on stock,low stock,low in stock,about to sell out,going out of stock,go out of stock,sell out," +
		"快断货,会断货,将断货,要断货,快要断货,可能断货,快没货,快没货了,快卖完,快卖完了,快卖光,快缺货,会缺货,要缺货,不够卖,告急,库存告急,库存不足,撑不住,快断码,会卖完,要卖完,快断了,run short,running short,sold out soon,run dry,going to run out,be out,be sold out,快空了,会断,撑不到,卖空,见底,快见底,紧张,吃紧,库存紧张,快没有,快没有了,快没了"},
	{"soon", "soon,about to,almost,nearly,快要,快要卖,马上,马上要,即将,就要,快被"},
	{"enough", "enough,last,how long will,够,够不够,够吗,够卖,够卖吗,还够卖几天,能卖几天,还能卖几天,能撑几天,撑几天,还能撑几天,撑多久,能撑多久,能卖多久"},
	{"stock", "stock,stocks,inventory,left in stock,left,in stock,on hand,库存,存货,现货,多少货,还剩,还剩多少,剩多少,还有多少货,还剩多少货,how much is left,remaining,units left,库存量,余量,剩下,存多少,库里"},
	{"restock", "restock,reorder,order more,replenish,replenishment,order,to order,补货,要补,该补,补多少,补多少货,要补货,该补货,进货,备货,采购,订货,进多少,备多少,补,订多少,订多少货,要订,该订,订什么,buy in,purchase order,stock up,stocking up,top up,补什么,补哪些,补货量,下多少单,给补,补些,多少货该补,追加,replenishing,restocking,reordering"},
	{"orders", "orders,订单,单量,订单量,单子,下单,came in,order count,number of orders,单数,笔数,几笔,多少笔,多少单"},
	{"buy", "buy,bought,buying,purchase,purchases,买,买得,买的,买了"},
	{"aov", "aov,average order value,average order,basket,basket size,客单价"},
	{"target", "target,targets,goal,goals,on track,on target,plan,quota,目标,任务,达标,kpi,进度,完成率,达成率,指标,objective,objectives,budget,ambition,月目标,年目标,业绩目标,销售目标"},
	{"hit", "hit,reach,meet,make it,achieve,achieved,far,short,missing,need,needed,gap,完成,达成,实现,达到,没完成,没达成,离,差多少,还差,还差多少,完成了,够得着,冲到,make our,making,on course,ahead of,how close,close,progress,多远,还有多远,赶上,冲刺,进展,追上,够不够得着,超额"},
	{"will", "will,going to,gonna,expected,likely,shall,会,将,将会,能,能不能,预期"},
	{"forecast", "forecast,forecasts,predict,prediction,projected,projection,outlook,end the month,end this month,finish the month,finish this month,end up,by month end,by the end of month,at month end,by the end of the month," +
		"预测,预计,预估,估计,能做到,做到,月底,月末,能卖到,收官,expect,expecting,estimate,estimated,the end of the month,end of the month,rest of the month,close the month,land,landing,能到,到多少,能到多少,这个月底,月底前"},
	{"race", "race,ahead,winning,in the lead,lead,leader,赛马,领先,跑得最快,跑在最前面,跑在前面,跑第一,pk,排名,who is ahead,who leads,leads,leading unit,谁领先,谁第一,谁跑得快,排名第一,名次,ranking,rankings,standings,leaderboard,排行"},
	{"team", "unit,units,team,teams,business unit,事业部,类目线,团队,部门,业务线,各事业部,哪个事业部,categories team,业务,小组,条线"},
	{"until", "how many days until,how long until,days until,until,days to,还有几天,还有多少天,还有多久,倒计时,几天后,还剩几天,how far away,how soon,快到了,快到,还远"},
	{"when", "when,when is,什么时候,哪天,几号,何时,时间,日期,啥时候,几时"},
	{"upcoming", "next,upcoming,下一个,下个,下次,下一次,下一场,下场,coming up,coming,planned,schedule,scheduled,calendar,最近有什么,近期有什么,接下来有什么,日历,排期,安排,holidays,节假日"},
	{"campaign", "campaign,campaigns,promotion,promotions,promo,promos,big sale,大促,活动,促销,大促活动,打得,campaign day,shopping festival,festival,sale event,大促期间,大促战况,战况,促销活动,复盘,活动复盘,大促复盘"},
	{"live", "livestream,livestreams,live stream,live streams,stream,streams,livestreaming,live session,live sessions,broadcast,直播,直播间,主播,达人,带货,直播带货,livestreamed,hosts,host,streamer,streamers,哪场直播,场直播,直播场次,播"},
	{"channel", "channel,channels,storefront,storefronts,渠道,各渠道,哪个渠道,每个渠道,店铺,shops,platform,platforms,哪个平台,平台,各平台,各店"},
	{"undercut", "undercut,undercuts,undercutting"},
	{"conflict", "undercut each other,undercutting each other,conflict,conflicts,each other,打架,冲突,价格冲突,乱价,串价,不一致,互相压价,价格打架,价格不一致,different prices,differently priced,price differently,price differences,not the same price,价格不一样,价不一样,价格不同,不同价,价差,渠道间价差,价差大"},
	{"band", "price band,price bands,price range,price ranges,price segment,price segments,价格带,价格段,价位,价位段,哪个价位,价格区间,cheap and expensive,price tier,price tiers,价格档,价格层,哪个档,档位,by price range,by price band,by price tier"},
	{"region", "region,regions,province,provinces,area,areas,country,countries,parts of the country,地区,区域,省份,省,各地,各地区,哪个地区,哪里的,地方,各区域,where in the country,city,cities,城市,哪个省,哪个省份,哪些省,哪个城市,哪里"},
	{"hits", "hits,hit items,hit products,hit item,hero products,top50,top 50,爆款,爆品,热销款,热卖款,hero items,star items,star products,明星单品,明星商品,爆款们,头部商品,头部"},
	{"share", "share,percentage,percent,portion,part,of our sales,of sales,depend,depends,dependent,占,占了,占比,占多少,比例,比重,贡献,贡献了,贡献多少,靠,concentrated,concentration,rely,relying,集中,太集中,依赖,占多大,占比多少,多大比例"},
	{"new", "new,new product,new products,new item,new items,new arrivals,newcomers,launches,newly launched,新品,上新,新款,新上的,新上架,新上架的,new ones,recently launched,launched,just launched,刚上架,刚上,新出的,新货,上新的"},
	{"rival", "rival,rivals,competitor,competitors,competition,anyone,anybody,竞品,竞争对手,对手,同行,别家,友商,竞店,别人,against the competition,against competitors,anyone else"},
	{"price", "price,prices,pricing,charge,charging,价格,定价,售价,价,价钱,prices like,priced,标价,卖价,多贵"},
	{"pricemove", "cut prices,cut price,cut its price,cut their prices,cut their price,price cut,price cuts,price move,price moves,price change,price changes,changed prices,changed its price,changed their prices,change prices,lowered prices,lowered their prices,lowered its price,dropped prices,dropped its price,dropped their prices,drop prices,drop their prices,lower their prices,reduced prices,cutting prices," +
		"降价,降价了,调价,调价了,变价,改价,改价了,便宜了,涨价,涨价了,促销价,价格变动,价格变化,动价格,动价格了,change their prices,changed price,change price,changing prices,raised prices,raise prices,raised its price,raised their prices,discount,discounts,discounting,repriced,打折,促销价了,调整价格,改价格,动价,动了价"},
	{"cheaper", "cheaper,undersell,underselling,cheaper than us,less than us,cheaper than we are,便宜,更便宜,比我们便宜,比我便宜,比我们低,卖得便宜,贵,比竞品贵,更贵,比别家贵,more expensive"},
	{"floor", "below cost,under cost,below floor,below the floor,under the floor,below minimum,below our minimum,below the minimum price,below our minimum price,at a loss,losing money,lose money,minimum price," +
		"亏本,破价,底价,低于底价,低于成本,赔钱,亏钱,亏损,亏本卖,最低价,低于最低价,倒贴,under our floor,under floor price,floor price,floor prices,too cheap,cost price,negative margin,亏着卖,赔本,跌破底价,跌破,保底价,红线价"},
	{"suggest", "should we charge,should i charge,should we set,should i set,should we ask,should i ask,should cost,should it cost,should we price,should i price,right price,best price,what price,should be priced,should the price be,price suggestion,price suggestions,suggested price," +
		"应该卖多少钱,应该卖多少,该卖多少钱,该卖多少,卖多少钱合适,卖多少合适,定多少,定多少钱,定价多少,怎么定价,怎么定,定什么价,该定什么价,价格怎么定,定价建议,调价建议,价格建议,该不该降价,要不要降价,should the new price be,new price for,price for,recommended price,recommend a price,recommend,定什么价合适,什么价合适,定价合适,怎么调价,该调到多少,建议价,建议卖多少,suggest,suggest a price,suggest a price for,suggest prices"},
	{"slow", "aren't selling,are not selling,isn't selling,is not selling,not selling,don't sell,do not sell,doesn't sell,didn't sell,slow mover,slow movers,slow moving,slow-moving,slow sellers,dead stock,clear out,clear,clearance,get rid of,sitting,sitting around,gathering dust,overstock,overstocked,too much stock," +
		"卖不动,卖不掉,卖不完,卖不出去,滞销,滞销品,清仓,清理,压货,压了,压着,积压,积压了,动销,不动销,没人买,库存太多,压仓,要清的,清掉,处理掉,moves slowly,slowest moving,not moving,isn't moving,aren't moving,stuck,unsold,excess stock,surplus,mark down,markdown,搁着,卖得慢,卖得太慢,积压严重,动不了,呆滞,呆滞品,死货,死库存,存货太多,打折清掉,nobody wants,no one buys,nobody buys,没人要"},
	{"funnel", "conversion,conversion rate,converting,convert,converted,funnel,add to cart,added to cart,add-to-cart,cart rate,转化,转化率,加购,加购率,漏斗,支付转化,支付转化率,成交转化率,conversion rates,buy rate,from visit to purchase,checkout,paid rate,bought something,转化漏斗,下单率,付款率,支付率,成交率,加购物车,购物车,turned into buyers,turn into buyers,become buyers,end up buying"},
	{"traffic", "traffic,visitor,visitors,visits,visit,visited,流量,访客,访客数,uv,进店,进店人数,浏览,来了多少人,多少人来,多少人进店,views,page views,pv,sessions,流量来源,人流,人气,引流"},
	{"from", "come from,comes from,came from,coming from,from where,source,sources,entry,entries,从哪来,从哪里来,从哪儿来,哪里来,来源,入口,哪来的,从哪,channels of traffic,哪里进来,进来,渠道来源,带来的"},
	{"search", "search,searches,searching,searched,search for,searching for,searched for,looking for,keyword,keywords,search words,search terms,搜,搜索,搜什么,在搜,热搜,关键词,搜索词,热词,search term,query,queries,search traffic,搜索流量,搜索热度,搜的,在找什么,找什么"},
	{"ads", "ad,ads,advertising,advertisement,advertisements,ad spend,marketing,roi,roas,promoting,广告,广告费,投放,推广,推广费,直通车,投产,投产比,投流,营销,campaign spend,ad budget,sponsored,paid traffic,投广告,广告投放,推广效果,买量"},
	{"worth", "spend,spent,spending,cost,costs,worth,worth it,pay off,paid off,paying off,return on,花,花了,花费,花掉,划算,值,值得,值不值,烧了,烧,expensive,效果,回报,性价比,费用,贵不贵,浪费"},
	{"members", "member,members,membership,loyal,loyal customers,repeat customers,repeat buyers,returning customers,come back,coming back,buy again,vip,vips,repurchase,repurchase rate," +
		"会员,老客,老顾客,老客户,复购,复购率,回头客,再来买,回购,subscribers,regulars,repeat,repeat rate,熟客,老用户,会员们,二次购买"},
	{"ship", "ship,shipped,shipping,shipment,shipments,haven't shipped,not shipped,unshipped,not been shipped,dispatch,dispatched,deliver,delivered,delivery,deliveries,on time,late,overdue,backlog,waiting to be shipped,waiting," +
		"发货,没发货,未发货,没发,未发,待发货,还没发货,还没发,没发出,发货及时,及时,超时,延误,发货慢,物流,配送,发得,发货速度,48小时,sent out,going out,go out,parcel,parcels,packages,delays,delay,发出,发出去,发出去了,没发出去,快递,包裹,时效,积单,爆仓,晚发"},
	{"return", "return,returns,returned,returning,send back,sending back,sent back,refund,refunds,refunded,return rate,refund rate,退货,退货率,退款,退款率,退货了,退了,退,退回来,退单,退换货,refunding,came back,money back,returned items,退款金额,退货金额,退了多少,退货情况,退款情况,售后"},
	{"complaint", "complain,complains,complained,complaining,complaint,complaints,bad review,bad reviews,negative review,negative reviews,reviews,unhappy about,unhappy with,unhappy,angry,upset," +
		"抱怨,差评,投诉,吐槽,不满,不满意,评价,骂,中差评,中评,坏评,客诉,saying,say,评论,反馈,hate,not happy,unsatisfied,dissatisfied,criticise,criticize,one star,1 star,最不满意,不喜欢,有意见,意见,抱怨的,骂的,负面,负面评价,complained about,complain about,主要说什么,都说什么,说什么"},
	{"fake", "fake,fakes,counterfeit,counterfeits,knock-off,knock-offs,knockoff,knockoffs,infringement,假货,假的,买到假货,仿品,山寨,售假,侵权,正品,not genuine,genuine,authentic,冒牌,盗版,打假,counterfeited,fake goods"},
	{"happy", "happy,happy with us,satisfied,satisfied with us,satisfaction,nps,like us,love us,rating,ratings,满意,满意度,满意吗,口碑,评分,喜欢,think of us,how satisfied,customer satisfaction,star rating,recommend us,满意程度,口碑好,打分"},
	{"alert", "alert,alerts,alarm,alarms,anything wrong,something wrong,going wrong,went wrong,needs attention,need attention,needs my attention,need my attention,attention,needs doing,need to act on,worry,worry about,problem,problems,issue,issues,urgent," +
		"告警,预警,警报,要处理,需要处理,要处理的,需要处理的,异常,问题,出事,出问题,待办,待处理,紧急,要关注,需要关注,不对劲,what should i do,to do,todo,to-do,look at first,要做什么,该做什么,先做什么,warning,warnings,something to do,need to know,should know,should i know,should i worry,新的告警,新告警,风险,危险,着急,要紧,紧急的"},
	{"noise", "false alarm,false alarms,false positive,false positives,noisy,noise,useless alerts,误报,噪音,虚惊,没用的告警,告警质量,turned out to be false,were false,were wrong,wrong alerts,pointless,误报的,误报率,报错,瞎报,白报"},
	{"data", "data,feeds,数据,data feed,import,imports,sync,数据源,源数据,同步"},
	{"fresh", "up to date,fresh,complete,all in,in yet,arrived,current,missing data,late data,delayed,到齐,到齐了,齐,齐了,齐全,完整,更新,更新到,更新到几点,更新到几点了,新鲜,all the data in,all data in,延迟,全不全,准,准吗,到了,stale,old,outdated,behind schedule,complete yet,come in,how recent,recent,没来,还没来,缺,缺数据,断了,卡住,最新,多新,完整吗,全吗,全的,齐的,完整的"},
	{"morning_report", "morning report,morning digest,daily report,daily digest,daily summary,早报,日报,晨报"},
	{"weekly_report", "weekly report,weekly digest,weekly summary,week report,周报"},
	{"monthly_report", "monthly report,monthly digest,monthly summary,month-end report,月报"},
	{"report", "report,digest,summary,summarise,summarize,recap,报告,总结,汇总,报表,overview,wrap-up,briefing,概览,概况,简报"},
	{"send", "send,give,receive,email,post,deliver me,发,发给,发给我,发我,推送,推,收到,给,mail,forward,发一下,发来,转发,来一份,给一份"},
	{"always", "every day,every morning,each day,each morning,daily,every week,each week,every monday,every month,each month,regularly,from now on,subscribe,subscribe me,sign me up,每天,每天早上,每周,每周一,每月,以后,定期,订阅,regular,automatically,on a schedule,自动,定时,按时,每日"},
	{"stop", "stop,stop sending,no more,don't send,do not send,unsubscribe,unsubscribe me,别发,别再发,别再,不要再,不要发,停止,停掉,取消,退订,别给,turn off,switch off,cancel,mute,关掉,关闭,取消订阅,不想收,不想收到,停了"},
	{"able", "what can you do,what can i ask,what do you do,what can you tell me,how do you work,how does this work,who are you,how do i use you,how do i use this,help me,你能做什么,你会什么,你会做什么,你能干什么,你能干嘛,能问什么,可以问什么,怎么用你,你是谁,怎么使用,有什么功能,what else can you do,what are you for,what questions can i ask,what do you know,help,有哪些功能,会干啥,能干啥,可以做什么,教我,使用说明"},
	{"customers", "customer,customers,buyer,buyers,shopper,shoppers,people,client,clients,they,users,顾客,客户,买家,用户,消费者,人,大家,客人,有人,audience,fans,consumers,粉丝,买的人,群众"},
}

// fillers are words that may be left out without changing what is asked.
var fillers = "a,an,the,um,ok,okay,well then,boss,is,are,was,were,be,been,being,am,has,have,had,having,it,its,this,that,these,those,there,we,us,our,ours,i,me,my,you,your,them,their,theirs,so,such,very,really,quite,too,also," +
	"of,in,on,at,for,to,with,from,about,as,by,into,over,during,and,then,now,right now,currently,at the moment,so far,yet,still,already,just,again,any,all,some,anything,something,everything,what,whats,which,who,where,do,did,does,done,money," +
	"please,pls,thanks,thank,hey,hi,hello,can,could,would,should,shall we,tell,show,give us,list,know,let,see,want,like,check,find,ever,get,got,any idea,idea,actually,exactly,kind,shop,store,our shop,overall,total,in total,altogether,much,many,lot,more,compare,comparison,a day,all day,whole day,number,rate,level,value,update,quick,reported,shopwatch," +
	"的,了,吗,呢,啊,呀,吧,嘛,哦,啦,么,得,地,着,过,是,有,有没有,是否,是不是,我们,咱们,我,咱,你,您,他们,它们,它,自己,在,都,也,还,就,又,才,这么,那么,这样,这次,这回,本次,这场,这,那,几,哪,哪些,哪个,哪一个,哪几个,哪儿,什么,对比,比较一下,一天,一整天,整天,全天,当天的,啥,请,请问,麻烦,老板问,老板,大家好,亲,帮我,帮忙,看看,看一下,看下,看,查,查一下,查查,问一下,想知道,知道,告诉我,说说,讲讲,列出,列一下,显示,一下,现在,目前,当前,此刻,最近,近来,这段时间,这几天,到现在,截至目前,截止目前,到目前为止,一共,总共,总,总体,整体,大概,大约,到底,究竟,真的,跟,和,与,同,及,给我,把,被,让,对,从,到,里,中,上,下,个,只,件,单,店,店里,我们店,店铺里,很,比较,非常,特别,太,挺,多,多吗,多不多,高,高吗,高不高,大,来,来的,去,出,得多,一点,些,了没,了没有,之间,钱,以及,还是,或者,分别,各自,主要,具体,详细,严重,明显,明显的,需不需要,用不用,感觉,好像,应该,该,给个,各,每,每个,数量,率,时候,开始,进行,再,快,要,可以,做,做了,做到了,仓库,仓库里,仓里,事情,事,要的,谁,谁在,的话,今年的,准备,用"

// said is what a form means: an idea, or nothing for a filler.
func sayings() (forms map[string]idea, longest int) {
	forms = map[string]idea{}
	put := func(list string, is idea) {
		for f := range strings.SplitSeq(list, ",") {
			if _, taken := forms[f]; f != "" && !taken {
				forms[f] = is
				longest = max(longest, len([]rune(f)))
			}
		}
	}
	for _, i := range ideas {
		put(i.forms, i.is)
	}
	put(fillers, "")
	return forms, longest
}
