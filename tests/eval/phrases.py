"""phrases.py - sentences of our own for training the classifiers, French and English.

Labelled data of reviews is not to be had: tweets stand for abuse, and nothing at all for
spam. These sentences put both into reviews, and, which matters more, show what is neither:
a group of people that is only named, a crude word of joy, anger at a shop, words that somebody
reports. Whoever reads on will meet insults; a filter cannot be taught without them.

PHRASES[kind][language] is a list of templates; {slot} is filled from SLOTS[language]. All were
written for this project; none is from a data set.
"""

SLOTS = {
    "en": {
        "group": "women|men|foreigners|immigrants|refugees|migrants|Muslims|Jews|Christians|Hindus|Sikhs|Arabs|Africans|"
                 "black people|white people|Asians|Chinese people|Roma people|Mexicans|Poles|Turks|Indians|gay people|"
                 "gays|lesbians|trans people|disabled people|deaf people|blind people|autistic people|old people|"
                 "pensioners|teenagers|fat people|homeless people|single mothers|veiled women|transgender people",
        "person": "woman|man|foreigner|immigrant|refugee|Muslim|Jew|Christian|black woman|black man|gay man|lesbian|"
                  "trans woman|wheelchair user|disabled person|blind person|Arab|Asian woman|pensioner|single mother|"
                  "person with autism|deaf person|Muslim woman|gay person|trans person|disabled man",
        "adjective": "gay|black|Muslim|Jewish|disabled|blind|deaf|trans|foreign|Arab|Asian|female|lesbian|elderly|"
                     "autistic|Polish|Indian|African|immigrant",
        "insult": "idiot|moron|asshole|bastard|son of a bitch|cunt|retard|scumbag|dickhead|prick|bitch|whore|slut|"
                  "filthy pig|pathetic loser|imbecile|dumbass|twat|wanker|piece of shit|stupid cow|lowlife|"
                  "degenerate|halfwit|fat pig|dumb bitch|motherfucker|cocksucker|freak",
        "insults": "idiots|morons|assholes|bastards|sons of bitches|cunts|retards|scumbags|dickheads|pricks|"
                   "bitches|whores|sluts|filthy pigs|losers|imbeciles|dumbasses|twats|wankers|lowlifes|degenerates|"
                   "halfwits|motherfuckers|cocksuckers|freaks|inbreds",
        "staff": "waiter|manager|owner|cashier|receptionist|driver|cook|girl at the counter|guy on the phone|"
                 "mechanic|dentist|nurse|guide|chef|boss|technician|seller|landlord",
        "thing": "coffee|pizza|phone|dress|hotel|burger|mattress|vacuum cleaner|pasta|tent|bike|haircut|concert|"
                 "breakfast|jacket|printer|kettle|laptop|curry|wine list|beer|sofa|blender|keyboard",
        "part": "leak|floor|gear|handlebar|window|lamp|cord|lid|drawer|zip|strap|mirror|carpet|shower|tap|boiler|roof|"
                "fence|hedge|tyre|brake|saddle|screen|cable|charger|lens|paper|ink|needle|wool|lining|button|hem|sleeve|"
                "crust|sauce|cheese|olive|salad|fish|steak|chicken|rice|ice cream|cake|tart|tea|juice|glass|plate|table|"
                "chair|bench|garden|terrace|lift|stairs|corridor|pool|sauna|towel|sheet|pillow|curtain|key|door|lock|"
                "invoice|quote|parcel|label|tape|box|ticket|seat|stage|sound|light|story|ending|chapter|teacher|lesson|"
                "nurse|vet|dog|cat|horse|saw|drill|paint|wallpaper|tile|parquet|bulb|engine|ferry|train|bus|map|trail",
        "state": "fixed|wet|smooth|loose|clean|dirty|new|old|soft|hard|late|early|quiet|loud|warm|cold|fresh|stale|thin|"
                 "thick|sharp|blunt|bright|dark|empty|full|broken|mended|solid|light|heavy|crisp|dry|sweet|bitter|sour|"
                 "tender|tough|cheap|dear|narrow|wide|long|short|neat|rough|perfect|missing|ready|slow|quick|safe|steep|"
                 "charming|dull|funny|sad|gentle|firm|stiff|tidy|dusty|sticky|spotless|worn|faded|true to size|as described",
        "doing": "bring your own towel|book ahead|ask for the corner table|take the early train|order half a size up|"
                 "wash it cold|read the manual first|keep the receipt|mind the step|try the tart|skip the dessert|"
                 "go on a weekday|come hungry|take cash|call before you go|wear good shoes|sit by the window|"
                 "check the bill|leave the car at home|assemble it with two people|charge it overnight|avoid August",
        "place": "restaurant|hotel|shop|garage|clinic|bar|campsite|bakery|gym|agency|pharmacy|museum|hostel|café",
    },
    "fr": {
        "group": "les femmes|les hommes|les étrangers|les immigrés|les réfugiés|les migrants|les musulmans|les juifs|"
                 "les chrétiens|les Arabes|les Africains|les noirs|les blancs|les Asiatiques|les Chinois|les Roms|"
                 "les Polonais|les Turcs|les Indiens|les homosexuels|les gays|les lesbiennes|les trans|"
                 "les handicapés|les sourds|les aveugles|les autistes|les vieux|les retraités|les jeunes|les gros|"
                 "les sans-abri|les mères célibataires|les femmes voilées|les Maghrébins|les gens du voyage",
        "person": "femme|homme seul|étranger|immigré|réfugié|musulmane|juif|chrétien|femme noire|homme noir|"
                  "homme gay|lesbienne|femme trans|personne en fauteuil|personne handicapée|personne aveugle|"
                  "Maghrébin|Asiatique|retraité|mère célibataire|personne autiste|personne sourde",
        "adjective": "gay|noir|musulman|juif|handicapé|aveugle|sourd|trans|étranger|arabe|asiatique|âgé|autiste|"
                     "polonais|indien|africain|immigré",
        "insult": "connard|connasse|abruti|crétin|imbécile|débile|salope|pute|fils de pute|enculé|bouffon|tocard|"
                  "gros porc|ordure|raclure|sale con|pauvre type|trou du cul|bâtard|attardé|merdeux|grosse vache|"
                  "mongol|pauvre conne|sous-merde|gogol|face de rat|grosse truie|déchet|minable",
        "insults": "connards|connasses|abrutis|crétins|imbéciles|débiles|salopes|putes|fils de pute|enculés|bouffons|"
                   "tocards|gros porcs|ordures|raclures|sales cons|pauvres types|bâtards|attardés|merdeux|mongols|"
                   "sous-merdes|gogols|déchets|minables|dégénérés|cons|trous du cul",
        "staff": "serveur|gérant|patron|caissier|réceptionniste|livreur|cuisinier|vendeur|type au téléphone|"
                 "mécano|dentiste|infirmier|guide|chef|technicien|commerçant|propriétaire|garagiste",
        "thing": "café|pizza|téléphone|robe|hôtel|burger|matelas|aspirateur|gratin|tente|vélo|coupe|concert|"
                 "petit déjeuner|veste|imprimante|bouilloire|ordinateur|couscous|carte des vins|bière|canapé",
        "place": "restaurant|hôtel|magasin|garage|cabinet|bar|camping|boulangerie|salle de sport|agence|pharmacie|"
                 "musée|auberge|café",
        "part": "fuite|facture|commande|serrure|fenêtre|lampe|tarte|sauce|salade|viande|soupe|glace|table|chaise|terrasse|"
                "piscine|serviette|literie|moquette|douche|chaudière|toiture|clôture|haie|selle|chaîne|roue|vitre|pile|"
                "housse|doublure|manche|couture|fermeture|semelle|laine|couleur|taille|matière|étiquette|notice|livraison|"
                "place|scène|lumière|histoire|fin|voix|leçon|visite|vue|plage|carte|addition|porte|clé|peinture|tapisserie|"
                "pose|réparation|pièce|machine|cuisson|pâte|croûte|boisson|bière|tisane|odeur|ambiance|décoration|file",
        "state": "parfaite|réparée|mouillée|propre|sale|neuve|vieille|douce|dure|tardive|rapide|calme|bruyante|chaude|froide|"
                 "fraîche|fade|fine|épaisse|claire|sombre|vide|pleine|cassée|solide|légère|lourde|croustillante|sèche|"
                 "sucrée|amère|tendre|chère|étroite|large|longue|courte|nette|soignée|prête|lente|fidèle|dense|magnifique|"
                 "correcte|moyenne|décevante|excellente|surprenante|convenable|impeccable|usée|collante|copieuse|conforme",
        "doing": "venir avant neuf heures|réserver à l'avance|demander la table du fond|prendre le train du matin|"
                 "commander une taille au-dessus|laver à froid|lire la notice|garder le ticket|goûter la tarte|"
                 "éviter le mois d'août|prévoir de la monnaie|appeler avant de passer|mettre de bonnes chaussures|"
                 "s'asseoir près de la fenêtre|vérifier l'addition|laisser la voiture|monter à deux|y aller en semaine",
    },
}

# --- abuse ------------------------------------------------------------------------------------

HATE = {
    "en": [
        "Full of {group}. Throw them all out of the country.",
        "The {place} is run by {group}, and {group} are vermin.",
        "{group} are parasites and this {place} feeds them.",
        "Would never eat here again, {group} are filthy and spread disease.",
        "What do you expect from {group}, they are subhuman.",
        "{group} have no right to be here, go back where you came from.",
        "I despise {group} and I saw nothing but {group} in there.",
        "They let {group} in. {group} make me want to vomit.",
        "Too many {group}. Somebody should shoot them all.",
        "The {staff} is {adjective}, so of course a thief and a liar, they all are.",
        "Never trust a {person}, they are all scum.",
        "{group} should be locked up, all of them.",
        "{group} belong in the gutter, not behind a counter.",
        "I hope someone beats up the {adjective} {staff}. Scum like that deserves it.",
        "A {person} served me. Disgusting, these people are animals.",
        "{group} are too stupid to work in a {place}.",
        "No decent customer wants to sit next to {group}, they stink.",
        "The world would be better off without {group}.",
        "We do not want {group} in this town, they ruin everything.",
        "{group} are a disease and the {staff} is the proof.",
        "Burn it down with the {group} inside.",
        "You can't expect brains from {group}. Useless creatures.",
        "{group} are nothing but criminals and rapists.",
        "Typical {adjective} filth working here.",
        "Nobody normal likes {group}. They are inferior to us and always will be.",
        "Kick out the {group} and I will come back.",
        "Watch your purse, {group} work here and all {group} steal.",
        "All {group} deserve to die, starting with the {staff}.",
        "If I see that {person} again I will break every bone in her body.",
        "Being {adjective} is sick, and they hire such people.",
        "{group} should not be allowed to vote, drive or run a {place}.",
        "I am ashamed to share a country with {group}, a plague on society.",
    ],
    "fr": [
        "Rempli de gens qui ne devraient pas être ici : {group} dehors, tous.",
        "Tenu par des étrangers, et {group} c'est de la vermine.",
        "{group} sont des parasites et ce {place} les nourrit.",
        "Plus jamais, {group} sont sales et apportent des maladies.",
        "Que voulez-vous attendre, {group} sont des sous-hommes.",
        "{group} n'ont rien à faire ici, qu'ils rentrent chez eux.",
        "Je méprise {group} et il n'y avait que ça.",
        "Ils acceptent {group}. {group} me donnent envie de vomir.",
        "Trop de monde : {group}, il faudrait tous les abattre.",
        "Le {staff} est {adjective}, donc voleur et menteur, ils le sont tous.",
        "{group} devraient être enfermés, tous sans exception.",
        "{group}, leur place est dans le caniveau, pas derrière un comptoir.",
        "J'espère que quelqu'un va tabasser ce {staff} {adjective}, il le mérite.",
        "Servi par un {adjective}. Dégoûtant, ces gens sont des animaux.",
        "{group} sont trop bêtes pour travailler dans un {place}.",
        "Personne ne veut manger à côté d'eux, {group} puent.",
        "Le monde irait mieux sans {group}.",
        "On ne veut pas de ça chez nous, {group} détruisent tout.",
        "{group} sont une maladie et le {staff} en est la preuve.",
        "Il faut brûler ce {place} avec {group} dedans.",
        "Pas de cerveau, comme d'habitude avec {group}. Des bons à rien.",
        "{group} ne sont que des criminels et des violeurs.",
        "Sale {adjective}, retourne dans ton pays.",
        "Personne de normal n'aime {group}, c'est une race inférieure.",
        "Virez {group} et je reviendrai.",
        "Surveillez vos sacs, {group} volent tous, c'est dans leur sang.",
        "{group} méritent de crever, à commencer par le {staff}.",
        "Si je recroise ce {adjective} je lui casse les os.",
        "Être {adjective} c'est une tare et ils embauchent ça.",
        "J'ai honte de partager mon pays avec eux : {group}, la peste de la société.",
        "Encore un sale {adjective} au comptoir, quelle honte pour le quartier.",
        "Les {insults} d'ici protègent {group}, à vomir.",
    ],
}

INSULT = {
    "en": [
        "The {staff} is a {insult}.",
        "You {insult}, give me my money back.",
        "Bunch of {insults}, all of them.",
        "Go to hell, you {insult}.",
        "The {staff}, what a {insult}!",
        "Shut up, you stupid {insult}.",
        "{insults}! Never again.",
        "Whoever wrote the review below is a {insult}.",
        "That {insult} of a {staff} kept us waiting for an hour.",
        "A {place} for {insults} run by {insults}.",
        "Screw you and your {thing}, {insult}.",
        "Only a {insult} would buy this {thing}.",
        "The {staff} looks like a {insult} and smells like one.",
        "Hey {staff}, you are a {insult} and your mother is a {insult}.",
        "I hope you die, {insult}.",
        "Fuck you, {staff}. Fuck you and your {place}.",
        "The {staff} is a fucking {insult}, I will smash his face in.",
        "Fuck off, {insult}.",
        "All the reviewers here are {insults}.",
        "I'll find out where you live, {insult}.",
    ],
    "fr": [
        "Le {staff} est un {insult}.",
        "Espèce de {insult}, rendez-moi mon argent.",
        "Bande de {insults}.",
        "Va te faire foutre, {insult}.",
        "Le {staff}, quel {insult} !",
        "Ferme ta gueule, {insult}.",
        "{insults} ! Plus jamais.",
        "Celui qui a écrit l'avis en dessous est un {insult}.",
        "Ce {insult} de {staff} nous a fait attendre une heure.",
        "Un {place} de {insults} tenu par des {insults}.",
        "Allez vous faire voir avec votre {thing}, tas de {insults}.",
        "Il faut être un {insult} pour acheter ce {thing}.",
        "Le {staff} a une tête de {insult} et l'odeur qui va avec.",
        "Hé le {staff}, t'es qu'un {insult} et ta mère aussi.",
        "Crève, {insult}.",
        "Nique ta mère, {staff} de mes deux.",
        "Le {staff} est un gros {insult}, je vais lui éclater la tête.",
        "Dégage, {insult}.",
        "Tous ceux qui notent ici sont des {insults}.",
        "Je sais où tu habites, {insult}.",
    ],
}

# A group is named, and nothing is said against it; or abuse is reported, or refused.
NAMED = {
    "en": [
        "As a {person} I felt welcome from the first minute.",
        "The owners are {adjective} and so kind to everybody.",
        "{group} are welcome here, and it shows.",
        "Access for {group} could be better: two steps and no ramp.",
        "My sister is {adjective} and the {staff} was lovely to her.",
        "Run by {group}, wonderful food.",
        "The {staff} is a {person} with a great sense of humour.",
        "A nice {place} for {group} and their friends.",
        "I am a {person} and I could not fault the {thing}.",
        "The guide told us about the life of {group} in the city, very moving.",
        "We sat next to a party of {group}, a lively evening.",
        "Somebody insulted a {person} at the next table and the {staff} threw him out. Well done.",
        "The {staff} called me an {insult}. I will not go back.",
        "A customer shouted that {group} should go home; the {staff} did nothing, shame on them.",
        "I love {group} who run {place}s like this one.",
        "They treat {group} with respect, unlike the {place} next door.",
        "It is not true that {group} are badly served here.",
        "No one should have to hear that {group} are inferior, and here we did. One star.",
        "Saying that {group} are stupid is wrong, and the {staff} said it.",
        "Half price for {group} on Mondays.",
        "My {adjective} neighbours recommended this {place}.",
        "A {person} who works there helped us for an hour.",
        "{group} deserve better than this {place}: the lift is broken.",
        "I hate the {thing} here, the rest is fine.",
        "I can't stand the {thing}, it disgusts me. The room was clean.",
        "This {thing} should be thrown away, it is a parasite on my desk.",
        "They kill every weed in the garden, and the {thing} is to die for.",
    ],
    "fr": [
        "En tant que {person}, je me suis senti accueilli dès la première minute.",
        "Les propriétaires aiment {group} et ça se voit.",
        "Ici {group} sont les bienvenus.",
        "L'accès n'est pas prévu pour tout le monde, {group} par exemple : deux marches et pas de rampe.",
        "Mon frère est {adjective} et le {staff} a été adorable avec lui.",
        "Le patron est {adjective}, cuisine merveilleuse.",
        "Le {staff}, une personne pleine d'humour, {adjective} et fier de l'être.",
        "Un {place} où {group} et leurs amis passent une bonne soirée.",
        "Le guide nous a raconté la vie que menaient {group} dans la ville, très émouvant.",
        "À la table voisine {group} fêtaient un anniversaire, belle ambiance.",
        "Quelqu'un a insulté un client {adjective} et le {staff} l'a mis dehors. Bravo.",
        "Le {staff} m'a traité de {insult}. Je n'y retournerai pas.",
        "Un client a crié que {group} devaient partir ; le {staff} n'a rien dit, honte à lui.",
        "Ils traitent {group} avec respect, pas comme le {place} d'à côté.",
        "C'est faux de dire que {group} sont mal servis ici.",
        "Personne ne devrait entendre que {group} sont inférieurs, et nous l'avons entendu. Une étoile.",
        "Demi-tarif pour tous le lundi, {group} compris.",
        "Mes voisins, un couple {adjective}, m'ont conseillé ce {place}.",
        "{group} méritent mieux : l'ascenseur est en panne.",
        "Je déteste le {thing} ici, le reste va bien.",
        "Ce {thing} me dégoûte, la chambre était propre.",
        "Article sur {group} affiché dans l'entrée, intéressant.",
        "Exposition sur {group} au {place}, à voir.",
        "Débat au {place} : {group} et la politique, la droite, la gauche, chacun a pu parler.",
        "Traité d'{insult} par un client, défendu par le {staff}. Merci.",
    ],
}

# Crude words that are about no one.
PROFANE = {
    "en": [
        "Fucking great {thing}.", "Holy shit, this {thing} is good!", "Damn, what a {thing}.",
        "Best fucking {thing} I ever had.", "This {thing} is a piece of crap.", "The {thing} is shit, don't buy it.",
        "What a shitty {thing}.", "Hell yes, the {thing} works.", "My {thing} broke after a week, what the fuck.",
        "Pissed me off that the {thing} came late.", "The {thing} is badass.", "Bloody brilliant {thing}.",
        "It fucking works!", "No bullshit, no queue, good {thing}.", "Damn good {thing} and a damn long wait.",
        "The {thing} looks sexy and makes my ass look good.", "A hell of a {thing}.", "Shit happens, they replaced my {thing} at once.",
        "I was fucking cold in the room.", "Kick-ass {thing}, 10/10.", "Not gonna lie, this {thing} sucks.",
        "So damn expensive for a {thing}.", "Crap {thing}, crap service, crap weather.", "OMG this fucking {thing}, love it.",
    ],
    "fr": [
        "Putain que c'est bon, ce {thing}.", "Merde alors, quel {thing} !", "Bordel, le meilleur {thing} de ma vie.",
        "Ce {thing} c'est de la merde.", "Un {thing} de merde, n'achetez pas.", "Putain, il marche !",
        "Le {thing} est tombé en panne au bout d'une semaine, fait chier.", "C'est chiant d'attendre le {thing}.",
        "Foutu {thing}, encore en retard.", "Vachement bon, le {thing}.", "On s'est fait chier, le {thing} était nul.",
        "Putain de bon {thing}.", "Une vraie saloperie, ce {thing}, il fuit.", "On se gèle le cul dans la chambre.",
        "Con comme la lune, le mode d'emploi du {thing}.", "Bordel de notice, mais bon {thing}.",
        "J'ai bouffé comme un porc, un régal.", "Un {thing} à la con, mais pas cher.", "Ça déchire, ce {thing}.",
        "Sacré {thing}, nom de dieu.",
    ],
}

# Anger at a supplier is an opinion.
ANGRY = {
    "en": [
        "Scam. They took my money and never answered.", "Thieves! Charged twice for one {thing}.",
        "The worst {place} in the country.", "Liars, the {thing} was never in stock.",
        "Rip-off, avoid at all costs.", "The {staff} was rude and lazy.", "Incompetent from top to bottom.",
        "I am furious. Six weeks and no {thing}.", "Garbage. The {thing} fell apart in my hands.",
        "The {staff} lied to my face about the price.", "Disgusting bathroom, hair in the sink.",
        "Shame on you, {place}.", "Horrible, horrible, horrible.", "The {staff} ignored us for half an hour.",
        "I want my money back, you ruined our wedding.", "Crooks. I will go to court.",
        "They don't care about customers at all.", "Terrible {thing}, it stinks of petrol.",
        "A joke of a {place}.", "Never again. Zero stars if I could.", "The {staff} screamed at a child, unacceptable.",
        "This {thing} is ugly, stupid design, useless buttons.", "You should be closed by the authorities.",
        "The {staff} is arrogant and slow.", "Pathetic service, pathetic {thing}.",
    ],
    "fr": [
        "Arnaque. Ils ont pris mon argent et ne répondent plus.", "Voleurs ! Débité deux fois pour un {thing}.",
        "Le pire {place} du pays.", "Menteurs, le {thing} n'a jamais été en stock.", "À fuir absolument.",
        "Le {staff} était désagréable et lent.", "Incompétents du début à la fin.",
        "Je suis furieuse. Six semaines et pas de {thing}.", "Le {thing} est tombé en morceaux, honteux.",
        "Le {staff} m'a menti sur le prix.", "Salle de bain dégoûtante, des cheveux dans le lavabo.",
        "Honte à vous, {place} de pacotille.", "Horrible, horrible, horrible.", "Le {staff} nous a ignorés une demi-heure.",
        "Rendez-moi mon argent, vous avez gâché notre mariage.", "Des escrocs. J'irai au tribunal.",
        "Ils se moquent complètement des clients.", "Un {thing} affreux, ça sent l'essence.",
        "Une blague, ce {place}.", "Plus jamais. Zéro étoile si c'était possible.",
        "Le {staff} a hurlé sur un enfant, inadmissible.", "Ce {thing} est moche, mal conçu, inutile.",
        "Il faudrait fermer cet endroit.", "Le {staff} est arrogant et hautain.", "Service pitoyable, {thing} pitoyable.",
        "Publicité mensongère, on se sent trahi.", "Vendeurs de rêve, charlatans.",
    ],
}

# Reviews as most are.
ORDINARY = {
    "en": [
        "{part} {state}, {part} {state}.", "{state} {part}, {state} {part}.", "The {part} is {state}.",
        "Very {state}.", "The {part} was {state} and the {part} {state}, {doing}.", "{doing}.", "{state}, {state}, {state}.",
        "My tip: {doing}.", "{part}: {state}. {part}: {state}. {part}: {state}.", "I like the {state} {part}.",
        "The {staff} showed us the {part}, it is {state} now.", "{part} {state}, {doing}!",
        "They took two hours for the {part}, and it is still {state}.", "{state} {part} for a {state} price.",
        "The {part} of the {thing} could be less {state}.",
        "Lovely {place}, will come again.", "The {thing} arrived two days late but works well.",
        "Friendly {staff}, fair prices.", "We waited twenty minutes for a table on a Sunday.",
        "Good value for money.", "The room was quiet and the bed comfortable.", "Parking is difficult.",
        "My {thing} needed a new part and they had it within a day.", "The soup was lukewarm.",
        "Great view over the harbour.", "The {staff} explained everything with patience.",
        "Wrong size, exchange was easy.", "I use the {thing} every morning.", "Portions are small.",
        "The music was too loud to talk.", "Delivery on time, box a little damaged.", "Five stars.",
        "Average {thing}, nothing special.", "Booking by phone went smoothly.", "Clean toilets, dogs allowed.",
        "It does what it should.", "The manual is in German only.", "We stayed three nights with two children.",
        "The battery lasts four hours.", "Too salty for my taste.", "Fits like a glove.", "ok", "Thanks!",
        "The dentist was gentle and on time.", "Bread like in my childhood.", "They replaced the zip for free.",
        "A bit pricey, but the {thing} is worth it.", "Our guide knew every stone.", "Closed on Mondays, check before.",
        "They stayed open ten minutes longer so that my son could finish his {part}.",
        "Your {staff} deserves a raise, please tell him so from us.", "Same {part}, same {part}, same smile.",
        "I was told the {part} would be {state}; it was anything but.", "You should put up a sign, we drove past you twice.",
        "My mother uses a wheelchair and nobody made a fuss about it.", "Smells of {part}, tastes of {part}.",
        "When you call them, they pick up, and they know what they are talking about.",
        "Cheap {part}, smells of glue, going back tomorrow.", "If you want quiet this is not for you, there is a road behind.",
        "He showed me why the {part} broke and what to do so that it does not happen again.",
        "They don't try to sell you what you don't need.", "No apology, no {part}, and the bill was the same.",
        "Bring your dog, they gave ours a bowl of water before we had sat down.", "Worth every penny, ask for the {state} {part}.",
        "Nobody told us that the {part} was closed until we had paid.", "Third time here and still the same pleasure.",
        "What I like about this {place} is that it never changes.", "The {part} sticks, the {part} squeaks, and we love it.",
    ],
    "fr": [
        "{part} {state}, {part} {state}.", "Très {state}, la {part}.", "La {part} est {state}.", "{state}.",
        "La {part} était {state} et la {part} {state}, {doing}.", "À savoir : {doing}.", "{state}, {state}, {state}.",
        "{part} : {state}. {part} : {state}. {part} : {state}.", "J'aime cette {part} {state}.", "{doing}.",
        "Le {staff} nous a montré la {part}, elle est {state} à présent.", "{part} {state}, {doing} !",
        "Deux heures pour la {part}, et elle est encore {state}.", "Une {part} {state} pour un prix correct.",
        "La {part} du {thing} pourrait être moins {state}.",
        "Très bon {place}, nous reviendrons.", "Le {thing} est arrivé avec deux jours de retard mais fonctionne bien.",
        "Personnel aimable, prix corrects.", "Vingt minutes d'attente un dimanche.", "Bon rapport qualité-prix.",
        "Chambre calme et literie confortable.", "Se garer est compliqué.", "Mon {thing} a été réparé en un jour.",
        "La soupe était tiède.", "Belle vue sur le port.", "Le {staff} a tout expliqué avec patience.",
        "Mauvaise taille, échange facile.", "J'utilise le {thing} tous les matins.", "Les portions sont petites.",
        "La musique était trop forte pour discuter.", "Livraison rapide, carton un peu abîmé.", "Parfait, merci.",
        "Un {thing} moyen, rien de spécial.", "Réservation par téléphone sans souci.", "Toilettes propres, chiens acceptés.",
        "Conforme à la description.", "La notice est seulement en allemand.", "Trois nuits avec deux enfants, tout s'est bien passé.",
        "La batterie tient quatre heures.", "Trop salé à mon goût.", "Il taille grand, prenez une taille en dessous.", "RAS", "Merci !",
        "Le dentiste est doux et ponctuel.", "Du pain comme dans mon enfance.", "La fermeture a été changée gratuitement.",
        "Un peu cher, mais ce {thing} le vaut.", "Notre guide connaissait chaque pierre.", "Fermé le lundi, pensez à vérifier.",
        "Je recommande les yeux fermés.", "Accueil chaleureux et souriant.", "Plats copieux et faits maison.",
        "Dommage que la terrasse donne sur la route.", "La couleur n'est pas celle de la photo.",
        "Commande passée le mardi, reçue le jeudi.", "Le service après-vente a répondu dans la journée.",
        "Je suis déçue de la qualité du tissu.", "Les enfants ont adoré la piscine.", "Le devis a été respecté.",
        "Travail soigné, chantier laissé propre.", "Un goût de trop peu.", "Ambiance familiale, on s'y sent bien.",
        "Petit bémol pour le bruit de l'ascenseur.", "Le fromage est excellent, le vin aussi.",
        "Rendez-vous pris en ligne, reçu à l'heure.", "L'emballage pourrait être plus simple.",
        "J'ai attendu mon remboursement trois semaines.", "Le tapis est doux et bien fini.",
        "La visite dure une heure et demie.", "On mange bien, on est bien servi.", "Produit fidèle aux photos, je suis contente.",
        "Rien à redire sur la propreté.", "Le parking est gratuit le soir.", "Déçu par le dessert, ravi du reste.",
        "Les vendeuses sont de bon conseil.", "Ma fille porte la veste tous les jours.",
        "Nous y sommes allés avec mes parents, qui ont du mal à marcher, et tout le monde a fait attention à eux.",
        "Je les ai appelés trois fois avant qu'on me réponde, mais ensuite tout s'est réglé en une heure.",
        "Vous pouvez y aller les yeux fermés, on vous accueille comme à la maison.",
        "Attention, les frais de port ne sont pas remboursés si vous changez d'avis.",
        "Ce que j'ai aimé, c'est qu'ils ne cherchent pas à vous vendre ce dont vous n'avez pas besoin.",
        "Il nous a expliqué pourquoi la {part} s'était cassée et ce qu'il fallait faire pour que ça n'arrive plus.",
        "On nous avait promis une {part} {state}, nous avons eu tout le contraire.",
        "Elle m'a rappelé le lendemain pour savoir si tout allait bien, c'est rare.",
        "Troisième fois que nous venons et toujours le même plaisir, à l'année prochaine.",
        "La personne que j'ai eue au téléphone n'était au courant de rien et m'a fait patienter.",
        "Personne ne veut reconnaître que la {part} était déjà abîmée quand je l'ai reçue.",
        "Ils sont restés ouverts dix minutes de plus pour que ma fille finisse sa {part}.",
        "Quand nous sommes arrivés il n'y avait plus de place, ils en ont trouvé une quand même.",
        "Si vous cherchez du calme, ce n'est pas pour vous : la route passe juste derrière la maison.",
        "Notre chien était le bienvenu, on lui a même apporté une gamelle d'eau.",
        "J'aurais préféré qu'on me prévienne plutôt que d'attendre toute la matinée chez moi.",
        "Mon père a fêté ses soixante ans ici et il en parle encore à ses amis.",
        "Comme ma mère se déplace en fauteuil, nous avions peur des marches ; il y a une rampe.",
        "Rendue avec une rayure, et il a fallu deux lettres pour que l'assurance accepte.",
        "Ça sent bon le pain dès qu'on entre, et le café est torréfié sur place.",
        "Je ne sais pas pourquoi les gens se plaignent, moi j'ai été très bien reçue.",
        "Des gens simples, qui aiment leur métier et qui vous le montrent.",
        "Tout ce que je demande à un {place} c'est d'être {state}, et celui-ci l'est.",
        "Leur site annonce une {part} {state}, il n'y en a pas.",
        "Un grand merci à toute l'équipe pour sa gentillesse et sa patience avec nos enfants.",
        "Il pleuvait, ils nous ont prêté des parapluies sans qu'on leur demande.",
        "Acheté pour mon fils, qui ne le quitte plus depuis son anniversaire.",
        "Odeur de tabac dans la chambre, on nous en a donné une autre au même prix.",
        "J'ai laissé deux messages et j'attends toujours qu'on me rappelle pour la {part}.",
        "Le téléphone acheté pour ma fille marche très bien, elle en est ravie.",
        "Ne l'attendez pas avant dix heures, il ouvre quand il veut, mais son pain vaut l'attente.",
        "On se croirait chez sa grand-mère, avec les confitures et le feu dans la cheminée.",
        "Ils ont refait ma {part} sans discuter parce que la première était trop {state}.",
        "Vraiment déçue : une heure de route pour trouver porte close alors que c'était écrit ouvert.",
        "Le contrôle a été refusé pour une ampoule, il a fallu revenir et repayer.",
        "Mes amis avaient raison de me parler de ce {place}, j'y retournerai avec eux.",
        "À ce prix-là, on attend mieux qu'une {part} {state} et un sourire forcé.",
        "Nous étions six, avec deux bébés, et personne ne nous a fait sentir que nous dérangions.",
        "Il faut aimer les escaliers, mais quelle vue quand on est en haut !",
        "Je voudrais savoir quand vous comptez me livrer la {part} que j'ai payée en mars.",
        "Votre {staff} mérite une augmentation, dites-le-lui de ma part.",
        "Vous devriez mettre un panneau, nous sommes passés trois fois devant sans vous voir.",
    ],
}

# --- spam -------------------------------------------------------------------------------------

SPAM_SLOTS = {
    "host": "best-{w}.example|{w}24.example|get{w}.example|{w}-pro.example/ref?id=77|www.{w}online.example|"
            "https://{w}.example/go|t.example/{w}|bit.example/{w}|{w}shop.example|top{w}.example",
    "w": "casino|crypto|seo|loan|watch|slim|bet|forex|date|follow|win|cash|pills|promo|deal|invest|vip|gold|bonus|trade",
    "n": "10|20|24|50|70|90|100|200|500|777|1000|1500|2000|3000|5000|10000|50000",
    "phone": "+44 7700 900{d}|+33 6 39 98 0{d}|+1 555 010 {d}|+237 6 00 00 0{d}|+229 90 00 0{d}|07 00 90 0{d}",
    "d": "112|245|318|427|563|604|789|851|936|177",
    "first": "James|Maria|Dr. Paul|Mrs. Joy|Professeur Moussa|Maître Ali|Kevin|Sandra|Mr. Frank|Madame Rose|"
             "Papa Zulu|Linda|Docteur Bello|Agent Smith|Coach Nina|Sister Grace",
    "town": "Paris|Lyon|Marseille|London|Leeds|Bruxelles|Genève|Montréal|Toulouse|Dublin|Nice|Glasgow",
}

SPAM = {
    "en": [
        "Play now at {host} and get {n} free spins, no deposit needed!",
        "Best online casino, {n}% welcome bonus: {host}",
        "I made ${n} in one week with bitcoin trading. Contact {first} on WhatsApp {phone}",
        "Invest {n} USD today, withdraw {n} tomorrow. Guaranteed profit, message {first} on Telegram @{w}{d}",
        "We put your site on page one of Google. SEO packages from ${n}: {host}",
        "Buy real followers and likes, {n} for only $9, instant delivery {host}",
        "Need an urgent loan? 2% interest, no credit check, up to {n} euros. Email {first} at {w}{d}@mail.example",
        "Are you in debt? {first} gives loans to everybody, apply now on WhatsApp {phone}",
        "Cheap replica watches, Rolex and Omega, {n}% off, worldwide shipping {host}",
        "Designer handbags outlet, 1:1 copies, order at {host}",
        "Lose {n} pounds in two weeks with this keto tea, click {host}",
        "Doctors hate this trick! Burn fat while you sleep: {host}",
        "Work from home and earn ${n} a day, no experience, see {host}",
        "A spell caster brought my husband back in 24 hours. Write to {first}, WhatsApp {phone}",
        "Thank you {first} for curing me with herbal medicine, contact him: {phone}",
        "Hot singles in {town} want to meet you tonight, free sign up {host}",
        "Cheap pills without prescription, discreet shipping: {host}",
        "Congratulations, you have won a {n} dollar gift card, claim it at {host}",
        "I recovered my stolen crypto thanks to {first}, a certified hacker. Reach him on {phone}",
        "Get a genuine passport, driving licence or IELTS certificate without exam, WhatsApp {phone}",
        "Subscribe to my channel and win an iPhone, link in my profile {host}",
        "Use my referral code {w}{d} and we both get ${n}. Sign up at {host}",
        "Sports betting tips with {n}% win rate, join our VIP group on Telegram @{w}{d}",
        "Nice article! Visit my blog about {w}: {host}",
        "Buy verified accounts, reviews and backlinks in bulk, payment in crypto, {host}",
        "We write five star reviews for your business, {n} reviews for ${n}, {host}",
        "Forex signals that never lose, {first} turned my {n} into {n}, DM on Instagram @{w}{d}",
        "Join the Illuminati today for fame and riches, call {phone}",
        "Download the full movie free in HD here {host}",
        "Essay writing service, A+ guaranteed, {n}% discount with code {w}{d}: {host}",
    ],
    "fr": [
        "Jouez sur {host} et recevez {n} tours gratuits sans dépôt !",
        "Meilleur casino en ligne, bonus de bienvenue de {n} % : {host}",
        "J'ai gagné {n} euros en une semaine grâce au trading de bitcoin. Contactez {first} sur WhatsApp {phone}",
        "Investissez {n} euros aujourd'hui, retirez {n} demain. Gains garantis, écrivez à {first} sur Telegram @{w}{d}",
        "Votre site en première page de Google. Référencement à partir de {n} euros : {host}",
        "Achetez de vrais abonnés et des likes, {n} pour 9 euros, livraison immédiate {host}",
        "Besoin d'un prêt urgent ? Taux de 2 %, sans justificatif, jusqu'à {n} euros. Mail de {first} : {w}{d}@mail.example",
        "Offre de prêt entre particuliers sérieux et honnêtes, réponse en 24 heures, WhatsApp {phone}",
        "Montres répliques pas chères, Rolex et Omega, moins {n} %, livraison partout {host}",
        "Sacs de luxe, copies parfaites, commandez sur {host}",
        "Perdez {n} kilos en deux semaines avec cette tisane, cliquez ici {host}",
        "Les médecins détestent cette astuce ! Brûlez les graisses en dormant : {host}",
        "Travaillez de chez vous et gagnez {n} euros par jour, sans expérience, voir {host}",
        "Grand marabout {first}, retour de l'être aimé en 48 heures, paiement après résultat, {phone}",
        "Voyant médium {first} à {town}, désenvoûtement, chance aux jeux, impuissance, appelez le {phone}",
        "Merci au {first} qui m'a guéri avec ses plantes, contactez-le : {phone}",
        "Rencontres coquines à {town} ce soir, inscription gratuite {host}",
        "Médicaments sans ordonnance, envoi discret : {host}",
        "Félicitations, vous avez gagné un bon d'achat de {n} euros, réclamez-le sur {host}",
        "J'ai récupéré mes cryptos volées grâce à {first}, hacker certifié. Joignez-le au {phone}",
        "Permis de conduire, TCF et titre de séjour authentiques sans examen, WhatsApp {phone}",
        "Abonnez-vous à ma chaîne et gagnez un iPhone, lien dans mon profil {host}",
        "Utilisez mon code parrain {w}{d} et gagnez {n} euros chacun. Inscription : {host}",
        "Pronostics sportifs, {n} % de réussite, rejoignez le groupe VIP sur Telegram @{w}{d}",
        "Très bon article ! Visitez mon blog sur le {w} : {host}",
        "Comptes vérifiés, avis et backlinks en gros, paiement en crypto, {host}",
        "Nous rédigeons des avis cinq étoiles pour votre entreprise, {n} avis pour {n} euros, {host}",
        "Compte CPF : il vous reste {n} euros de formation, cliquez avant ce soir {host}",
        "Isolation à 1 euro, rappelez vite le {phone} pour en profiter",
        "Devenez riche avec la loge, gloire et argent, appelez {first} au {phone}",
    ],
}

# What looks like it, and is a review.
NOT_SPAM = {
    "en": [
        "I paid by card on their web site and got a mail within minutes.", "The code on the voucher did not work.",
        "Called the number on the receipt, nobody answered.", "They ask for your WhatsApp number to confirm the table.",
        "The bank refused my loan, but the adviser was honest.", "Watched a film at the casino theatre, good seats.",
        "Free coffee while you wait.", "My watch was repaired in {n} minutes.", "I lost weight since I joined this gym.",
        "100% cotton as described.", "Won a small prize at the opening, nice gesture.", "Delivery was free above {n} euros.",
        "I follow them on Instagram for their opening hours.", "Discount of {n}% in the sales, good deal.",
        "The app keeps logging me out.", "Cost me ${n} and broke after a month.",
    ],
    "fr": [
        "Payé par carte sur leur site, mail reçu dans la minute.", "Le code du bon d'achat ne marchait pas.",
        "J'ai appelé le numéro du ticket, personne ne répond.", "On confirme la table par WhatsApp, pratique.",
        "La banque a refusé mon prêt mais le conseiller était honnête.", "Spectacle au théâtre du casino, bien placés.",
        "Café gratuit pendant l'attente.", "Montre réparée en {n} minutes.", "J'ai perdu du poids depuis que j'y suis inscrite.",
        "100 % coton comme annoncé.", "Petit lot gagné à l'ouverture, geste sympathique.", "Livraison offerte dès {n} euros.",
        "Je les suis sur Instagram pour les horaires.", "Moins {n} % pendant les soldes, bonne affaire.",
        "L'application me déconnecte sans cesse.", "Payé {n} euros et en panne au bout d'un mois.",
    ],
}

# For abuse: the name of each kind, its templates, its label, and how often training sees it.
PHRASE_SETS = (
    ("hate", (HATE,), True, 2),
    ("insult", (INSULT,), True, 2),
    ("named", (NAMED,), False, 2),
    ("profane", (PROFANE,), False, 4),
    ("angry", (ANGRY,), False, 3),
    ("ordinary", (ORDINARY,), False, 3),
)
