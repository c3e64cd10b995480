/**
 * Words that people's passwords are made of, as breaches show again and again, in the languages of those who use Mizan.
 * Each stands for all its common dresses: `password-strength.ts` takes off capitals, look-alikes, digits and signs
 * around a word before it looks here. Loaded with the first password that is chosen, not with a log-in.
 */

const english = `
password passwort passwords passw passwd pass passcode passphrase mypassword mypass thepassword yourpassword
defaultpassword password1word newpassword oldpassword nopassword changeme changeit changethis letmein letmeinnow
welcome welcometo welcomeback hello hellohello helloworld goodbye admin administrator adminadmin admins root rootroot
toor master masterkey superuser superman supervisor manager user username users guest guestguest test tester testing
testtest testpass temp temporary demo demodemo sample example default login loginlogin logmein signin access secret
secrets topsecret mysecret private secure security system server service support office internet network computer
desktop laptop keyboard monitor software windows microsoft google facebook instagram twitter youtube linkedin whatsapp
telegram samsung nokia iphone android apple macbook oracle mysql postgres database backup cisco router wireless website
money moneymoney dollar dollars million millionaire business company account accounts finance bank banker banking
invoice billing meter meters electricity electric energy power powerpower utility mizan customer employee director
iloveyou iloveu ilovegod ilovehim iloveher ilovemyself ilovemyfamily iloveme loveyou loveme lover lovely loveless lovelove
mylove truelove foreverlove family friends friend friendship forever together happy happiness smile smiling sunshine
sunflower sunset moonlight starlight rainbow butterfly flower flowers rose roses princess prince queen king kingdom
angel angels heaven devil demon dragon dragons monster phoenix wizard magic magical warrior ninja samurai soldier
sniper shadow shadows hunter killer assassin danger dangerous dark darkness darkside midnight thunder lightning storm
tornado fire fireball firefly phantom ghost zombie vampire matrix trustno trustnoone starwars startrek pokemon pikachu
naruto minecraft fortnite roblox playstation nintendo xbox gamer gaming games game player players batman spiderman
ironman superstar rockstar rocker guitar music musica piano drummer singer dancer dancing hiphop football baseball
basketball softball volleyball hockey soccer tennis golf golfer cricket rugby swimming swimmer runner running boxing
wrestling liverpool chelsea arsenal manchester barcelona realmadrid juventus bayern milan lakers cowboys yankees
steelers eagles packers patriots raiders redsox bulldog bulldogs tigers tiger tigger lions lion bears panther panthers
monkey monkeys chicken banana orange cookie cookies cheese chocolate coffee pepper peaches strawberry cherry apples
candy sugar honey butter pizza burger whatever nothing something anything everything nobody somebody anybody someone
america american london england canada australia germany france paris russia moscow china chinese india indian japan
mexico brazil spain italy turkey texas florida newyork california chicago boston phoenix dallas seattle vegas
mustang ferrari porsche mercedes corvette camaro toyota honda nissan suzuki yamaha harley ducati hummer cadillac bmwbmw
silver golden gold diamond diamonds platinum crystal purple yellow orange green black white brown scarlet violet blue
bluebird blackbird whitewolf blackcat redwolf summer winter spring autumn january february march april june july august
september october november december monday tuesday wednesday thursday friday saturday sunday birthday holiday christmas
michael michelle jennifer jessica ashley amanda daniel daniela matthew andrew joshua christopher christian anthony
nicholas nicole robert roberto william williams thomas charles charlie joseph jonathan jordan justin brandon samantha
elizabeth stephanie melissa rebecca rachel victoria veronica alexander alexandra alexis andrea angela angelina vanessa
patrick patricia richard ronald donald george georgia edward harry harrison hannah heather hunter isabella jackson
jasmine jeremy john johnny johnson kimberly lauren lindsay madison maggie margaret martin martinez maria marina mary
mickey minnie morgan natalie natasha olivia oliver oscar pamela peter phillip rodriguez sabrina samuel sandra sarah
scott sebastian sophia sophie steven stephen sydney taylor teresa tiffany timothy tyler vincent walter winston zachary
abigail adrian albert alfred allison amber arthur austin barbara benjamin bernard beverly brittany bradley cameron
carlos carolina caroline catherine chelsea christina christine claudia crystal cynthia danielle david deborah denise
diana dominic douglas edgar emily emma eric fernando francis francisco frank franklin freddy gabriel gabriela garrett
gerald gloria gregory hector helena henry howard jacob james jason jeffrey jerome jesus joanna julia julian juliana
karen katherine kathleen katie kelly kenneth kevin kristen kyle larry laura lawrence leonard leonardo leslie linda louis
lucas marcus marie mario mark marvin mason maurice megan miguel miranda molly monica nathan nelson norman pablo paul
philip preston ralph raymond ricardo roger roland roman ryan shannon sharon shawn simon spencer stanley stella steve
susan suzanne tamara teddy theodore tony tracy travis trevor trinity valerie wesley xavier yvonne
buster bailey maxwell maximus rocky lucky lucky7 happy1 sparky shadow1 smokey snoopy scooby scoobydoo garfield mickey
mouse mickeymouse donald duck donaldduck bugsbunny simpsons homer bart futurama familyguy southpark kitty hellokitty
kitten puppy doggy dolphin dolphins elephant penguin panda rabbit turtle spider scorpion cobra falcon hawk eagle wolf
wolfpack fox coyote badger beaver bigdog bigboy bigdaddy daddy mommy mother father sister brother brothers grandma
babygirl babyboy baby babe sweet sweetheart sweetie sweety cutie cutiepie pretty prettygirl beautiful beauty gorgeous
hottie sexy sexysexy playboy player1 badboy badgirl goodboy goodgirl gangster gangsta thuglife hustler hacker hackers
hacked leet elite startup creative freedom liberty justice peace peaceful hope faith grace blessed blessing jesus1
jesuschrist christ church bible gospel genesis eternity eternal infinity universe galaxy planet earth moon mars
saturn jupiter neptune mercury apollo zeus athena poseidon hercules achilles spartan spartans trojan trojans titan titans
viking vikings pirate pirates knight knights legend legends champion champions winner winners success successful
victory destiny fortune lucky13 passion pleasure pleasures paradise dreams dreamer dreaming nirvana metallica slipknot
linkinpark greenday beatles ledzeppelin pinkfloyd acdcacdc eminem rihanna beyonce shakira madonna elvis bobmarley marley
marlboro heineken budweiser corona whiskey vodka tequila cocacola pepsi mountain river ocean island beach forest desert
snowball snowman snowflake icecream icecube popcorn peanut pumpkin chester jasper cooper hunter1 ranger scooter skater
surfer trucker fisher fishing hunting camping sailing cruise travel traveler trooper captain commander general sergeant
marine marines airforce airborne navy army military pilot maverick goose iceman topgun bond jamesbond agent doublezero
blahblah asdfasdf testuser abcabc abcd abcde abcdef abcdefg abcdefgh abcdefghi alphabet qwerty qwertyuiop azerty zxcvbn
thankyou pleaseletmein opensesame sesame letmeinplease fuckyou fuckoff fuckme fucker motherfucker bullshit asshole bitch
bastard whatthe ihateyou hateyou loser stupid idiot dumbass imissyou bestfriend bestfriends onelove mother1 spiderpig
`;

/** Things, places, works and people that breached passwords name, one word each. */
const things = `
warriors scarlett santiago lowrider vacation ragnarok dodgeram mersedes blueeyes research national colombia rammstein freckles
oblivion margarita deadhead porkchop grateful formula shopping peterpan justdoit goodtime springer sapphire richmond kingston
brucelee plymouth mariners pineapple labrador commando amsterdam webmaster southern northern eastern western fletcher thompson
candyman aquarius starfish monopoly infiniti blackjack sailboat emmanuel cosworth rosemary swingers snuggles mandingo beefcake
beatrice children valhalla terminator oklahoma keystone clarence romashka golfball doughboy charlotte gateway vkontakte maryland
kentucky hastings frederic hurricane enterprise nebraska warhammer kamikaze handsome designer lifetime lancelot bigmoney maradona
lionking crazybaby japanese bradford chickens happyday albatross michaela excalibur trinidad greenbay greatone applepie hardrock
dinosaur rastaman hollywood columbus skywalker rockhard positive hyperion yosemite roadkill kingfish billyboy starship saratoga
rasputin megapass kenworth hedgehog davidson anaconda vladislav translator splinter richards karolina railroad pingpong magicman
killbill tommyboy sherwood majestic umbrella salvador operator cinnamon broadway underdog sunnyday snoopdogg chainsaw canadian
brighton alliance snowboard mechanic downtown bullseye peterson meredith eastside westside northside southside blackhawk backdoor
westwood sneakers moneyman marianne gargoyle undertaker idontknow lokomotiv titanium tasmania starfire panasonic paintball newcastle
babyblue attitude solution godfather clarinet intruder salamander resident pianoman avalanche alabama alaska arizona arkansas
colorado delaware hawaii idaho illinois indiana kansas louisiana maine massachusetts michigan minnesota mississippi missouri montana
nevada newjersey newmexico carolina dakota oregon pennsylvania tennessee vermont virginia washington wisconsin wyoming atlanta
baltimore cleveland detroit houston memphis miami nashville neworleans orlando philadelphia pittsburgh portland sandiego
sanfrancisco losangeles lasvegas brooklyn manhattan hollywood1 toronto montreal vancouver sydney1 melbourne brisbane auckland
birmingham edinburgh glasgow liverpool1 dublin belfast cardiff berlin munich hamburg frankfurt vienna zurich geneva brussels
rotterdam lisbon madrid seville valencia rome milano napoli venice florence athens istanbul ankara kabul karachi lahore delhi mumbai
bangalore calcutta bangkok singapore malaysia jakarta indonesia manila philippines vietnam saigon hongkong shanghai beijing tokyo
osaka kyoto korea seoul pakistan afghanistan bangladesh srilanka nepal nigeria ghana kenya nairobi ethiopia southafrica johannesburg
argentina bolivia chile ecuador peru uruguay venezuela caracas havana jamaica portugal ireland scotland wales norway sweden denmark
finland iceland poland hungary romania bulgaria greece cyprus croatia serbia bosnia albania slovenia slovakia czech austria
switzerland belgium holland netherlands ukraine belarus lithuania latvia estonia armenia azerbaijan uzbekistan turkmenistan
alligator antelope armadillo barracuda bluejay bobcat buffalo bumblebee bunnyrabbit canary cardinal cardinals caterpillar cheetah
chipmunk cougar cougars crocodile dachshund dalmatian donkey doberman dragonfly flamingo giraffe goldfish gorilla grasshopper greyhound
grizzly hamster hippo hummingbird jaguar jaguars kangaroo kingfisher ladybug leopard leopards lizard lobster longhorn longhorns mammoth
mockingbird mongoose mosquito nightingale octopus ostrich parrot peacock pelican pigeon platypus polarbear porcupine predator
raccoon raptor raptors ravens reindeer retriever rhino rooster rottweiler scarab seahorse seagull sheepdog shepherd sparrow squirrel
stallion stingray swallow tarantula terrier tortoise unicorn unicorns vulture walrus wildcat wildcats wolverine wolverines woodpecker
accountant architect artist assassins astronaut banker1 bartender builder butcher carpenter cashier chairman coach consultant cowboy
cowgirl dentist detective doctor driver engineer engineering farmer fighter fireman foreman gardener gladiator governor inspector
lawyer lieutenant mailman mechanics minister musician officer painter photographer photography plumber policeman police postman
president principal professor programmer programming scientist secretary senator sheriff shooter student students surgeon teacher
teachers technician therapist trainer waiter waitress writer apartment avenue backpack balloon bathroom battery bedroom bicycle
blanket bookworm bottle boulder bracelet bridge briefcase building calculator calendar camera campfire candle candles cannon canyon
carpet castle cathedral ceiling cellphone cemetery chandelier chemical chemistry chimney cigarette cigarettes classroom closet
compass concert concrete container corner cottage curtain daylight dictionary dishwasher document documents doorbell downstairs
dreamland drawing education elevator emerald emergency engine envelope equipment escape evening everyday excellent experience explorer
explosion factory fantasy fashion festival fireplace fireworks flashlight football2 footprint fountain furniture garage garden gasoline
generation gentleman geography grapefruit graphics grasslands gravity greenhouse guardian guitarist hallway hamburger hammer headache
headphones helicopter hello1 highland highlander highlands highway history homework honeymoon horizon hospital hotdog hotrod
household hundred hurricane1 imagination imagine important impossible incredible independence industry information innocent insomnia
inspiration intelligence international invisible jellybean jellybeans jewelry jigsaw journal journey kitchen kindness knowledge
lakeside lantern laughter lawnmower leather lemonade letter library lighthouse lightbulb limousine locomotive lollipop lumberjack
machine magazine magnolia makeup marathon market marriage marshall mathematics maximum mayonnaise meadow medicine medieval memorial
memories memory merlin midnight1 milkshake millennium minimum mischief mission mistake moonbeam morning motorcycle motocross motorola
mountains movies mustache mystery mythology natural nature necklace newspaper nightmare nightfall notebook nothing1 november1 number
numbers nursery observer obsidian october1 olympics onelove1 operation orchard orchid original outlaw outlaws outside overlord oxygen
package painting palace pancake paradox parking password9 patience pencil perfect perfume personal philosophy picasso picture pictures
pinnacle pioneer pipeline pitbull planets plastic platform playground pleasant poetry popular postcard precious prestige pretender
priscilla private1 problem prodigy progress project projects promise property prophet prosperity protected protection psychology
publisher punisher pumpkins puzzle quality quarter question quicksilver radiator radical radio rainfall raindrop raspberry
reality rebecca1 rebellion receiver recovery reflection refrigerator regional registered relative religion remember renegade
republic revenge revolution revolver riverside roadrunner robotics romance romantic rosebud runaway running1 sanctuary sandstone sandwich
satellite saturn1 saxophone scarface schedule scholarship science scissors seashell seashore seaside season senators sensation
serenity seventeen sexygirl shadows1 shampoo silence silverado simplicity skateboard skeleton skyline skyscraper smartass snapshot
snowboarder snowfall solitude somewhere songbird sorcerer southwest spaceman spaceship sparkle spectrum speedway spirit spiritual
splendid spongebob stadium standard standby stargate stargazer starbucks starfleet starlight1 steamboat stranger strangers strategy
strength stronghold studio submarine subway suitcase sunday1 sundance sunrise surprise survivor suspense swordfish symphony syndrome
tangerine telephone television template temptation thanksgiving theater thousand thriller thunderbird thunderbolt thunderstorm
timberland tombstone tomorrow toolbox toothbrush tournament traffic training transfer transformer transformers transport treasure
triangle triumph trombone trouble trumpet tsunami twilight typhoon ultimate undefined underground underwater unicorn1 uniform unknown
unlimited upstairs vacuum vanguard vanilla vegetable velocity vendetta vengeance vertical veterans victorious vineyard violence
violin volcano volunteer wallpaper wanderer warcraft warlord waterfall watermelon waterloo weather wedding weekend werewolf whatsup
whirlwind whisper wilderness wildfire wildflower windmill window winchester wolfgang wonderful wonderland woodland woodstock
workshop worldcup worldwide wrangler wrestlemania yesterday yosemite1 younger zeppelin aerosmith apocalypse armageddon avengers
blackberry blizzard bulldozer callofduty captainamerica catwoman counterstrike deadpool deathnote diablo doctorwho dragonball dumbledore
ferrari1 frankenstein frodo futbol gandalf ghostrider godzilla goldeneye grandtheftauto gryffindor halflife hannibal harrypotter
hermione highschool hogwarts hulkhogan indianajones jackass jurassic justinbieber kingkong kurtcobain leagueoflegends legolas
leonidas lordoftherings madmax mariokart maserati megadeth megatron michaeljackson mortalkombat neverland newworld nightwing nintendo1
onepiece optimus peanutbutter pinkpanther popeye powerranger powerrangers prometheus radiohead redhotchili resident1 robinhood robocop
rollingstones scorpions sepultura sherlock shinobi shrek silverstone simpson skyrim slayer snowwhite soulmate spawn spiderman1 starcraft
stratocaster supernova supreme sylvester tarzan telecaster thundercats tinkerbell tolkien tomandjerry tottenham twister valentine
valentina vegeta vendetta1 voldemort voyager wednesday1 whitney yankees1 zelda zorro ronaldo messi neymar beckham zidane rooney
gerrard lampard iniesta cristiano maradona1 pele schumacher senna federer nadal tysonmike jordan23 kobebryant lebron shaquille
`;

const arabicWords = `
muhammad mohammad mohammed mohamed mohamad mohd ahmed ahmad mahmoud mahmood mustafa mostafa abdullah abdallah abdulla
abdulrahman abdelrahman abdurrahman abdulaziz abdelaziz abdulmalik abdelkader abdulqader abdo omar omer othman osman ali
hassan hasan hussein hussain husain ibrahim ebrahim ismail yousef yousif yusuf youssef khaled khalid saleh salah saeed
said sayed salem salim sami samir sameer tarek tariq walid waleed yasser yaser yassin yaseen zayed ziad ziyad faisal fahd
fahad sultan nasser naser majed majid mansour mansoor hamza hamad hamdan hani hisham jamal jaber karim kareem kamal
mazen maher marwan murad nabil nader omran rashid rashed rami ramy raed riyad ryad sabri shadi sharif taher wael amin ameen
anas anwar ashraf ayman badr bilal bassam basem emad fadi fares faris fouad ghassan fatima fatma fatimah aisha aysha
mariam maryam khadija zainab zaynab zeinab nour noor noura nora sara sarah amina amna amira ameera hanan hanin huda
iman eman jamila kawthar laila layla leila lina lubna maha malak manal marwa mona muna nada nadia najla rana rania reem
rima ruba sabah safa sahar salma samira shaima souad suha suhad warda yasmin yasmine zahra habibi habibti hayati albi
omri rohi bahebak bahibak allah allahakbar allahuakbar bismillah alhamdulillah inshallah mashallah subhanallah lailahaillallah
islam muslim quran koran makkah mecca madina medina kaaba ramadan jihad yemen yemeni sanaa sana taiz aden hodeidah hadramout
saudi saudia riyadh jeddah dubai emirates qatar kuwait bahrain oman egypt masr cairo iraq baghdad syria sham damascus jordan
lebanon beirut palestine gaza alquds filistin sudan libya tunis algeria maroc almahdi alhilal ahly zamalek ittihad alnassr
محمد احمد أحمد محمود مصطفى عبدالله عبدالرحمن عبدالعزيز عمر عثمان علي حسن حسين ابراهيم إبراهيم اسماعيل يوسف خالد صالح سعيد
سالم سامي طارق وليد ياسر فيصل فهد سلطان ناصر ماجد منصور حمزة كريم جمال كمال فاطمة فاطمه عائشة عايشه مريم خديجة زينب نور نورة
سارة ساره أمينة اميرة ليلى لينا منى ندى رنا ريم سلمى ياسمين زهرة حبيبي حبيبتي حياتي قلبي عمري روحي بحبك احبك أحبك الله اللهاكبر
بسمالله الحمدلله انشاءالله ماشاءالله سبحانالله لاالهالاالله اسلام قران مكة المدينة رمضان اليمن صنعاء عدن تعز السعودية الرياض جدة دبي
مصر القاهرة العراق بغداد سوريا دمشق فلسطين غزة القدس كلمةالسر كلمهالسر كلمةالمرور كلمةمرور كلمهالمرور سري سريجدا مرحبا اهلا اهلاوسهلا
مدير المدير كهرباء الكهرباء عداد شركة مكتب ادارة الادارة مستخدم تجربة اختبار الحب حب قمر شمس ورد وردة فلوس دنيا الدنيا
`;

const persianWords = `
mohammadreza mohammadali alireza amirhossein amirali amir amirmohammad hosein hossein hamed hamid hamidreza mehdi mahdi
majid masoud mehran mohsen morteza mojtaba milad nima navid omid pouya reza rezareza saman sasan sina siavash saeid shahin
shahram vahid yaghoub zahra fatemeh maryam narges nasrin nazanin niloofar negar parisa mahsa marjan mina mitra elham elnaz
shirin sepideh setareh sogand tara tina yasaman azadeh bahar behnaz behzad behrouz farhad farshad farzad iran irani tehran
mashhad isfahan esfahan shiraz tabriz ahvaz karaj persepolis esteghlal khoda khodaya doostetdaram dooset eshgh eshghe
asheghetam azizam jigar jigaram salam salamsalam ramz ramzobour
محمدرضا علیرضا امیرحسین امیر مهدی مجید مسعود مهران محسن مرتضی میلاد نیما امید رضا سینا وحید زهرا فاطمه نرگس نازنین نیلوفر
پریسا مهسا مینا الهام شیرین ستاره آزاده بهار ایران تهران مشهد اصفهان شیراز تبریز پرسپولیس استقلال خدا خدایا دوستتدارم عشق عشقم
عاشقتم عزیزم جیگر سلام رمز رمزعبور گذرواژه کلمهعبور برق کنتور شرکت مدیر
`;

const russianWords = `
privet parol lubov lyubov lublu lyublu natasha nastya anastasia dmitry dima sergey sergei andrey andrei alexey aleksey
aleksandr alexandr sasha pasha vladimir vova ivan ivanov nikita maxim maksim denis roman artem kirill igor oleg yura yulia
olga elena lena irina ira svetlana sveta tatiana tanya marina ekaterina katya katerina maria masha anna anya ksenia
viktoria vika daria dasha polina kazakhstan qazaqstan almaty astana nursultan aigerim ainur aliya asel dinara gulnara
marat nurlan ruslan timur yerlan zarina samat spartak zenit cska dinamo rossiya russia moskva kiev ukraina zvezda solnce
solnishko zaichik kotenok kiska koshka sobaka medved volk tigr drakon
пароль привет любовь люблю наташа настя анастасия дмитрий дима сергей андрей алексей александр саша паша владимир вова иван
иванов никита максим денис роман артем кирилл игорь олег юра юлия ольга елена лена ирина светлана татьяна таня марина екатерина
катя мария маша анна аня ксения виктория вика дарья даша полина казахстан алматы астана спартак зенит россия москва киев звезда
солнце солнышко зайчик котенок кошка собака медведь дракон админ администратор пользователь секрет компания директор йцукен
`;

export const commonWords: ReadonlySet<string> = new Set(
  [english, things, arabicWords, persianWords, russianWords].join(' ').split(/\s+/).filter(Boolean),
);
