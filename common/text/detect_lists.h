/* detect_lists.h - words that a pattern and a scanner of detect both know, written so that
 * either can read them: as alternatives of a pattern, and for detect_listed.
 */
#ifndef DETECT_LISTS_H
#define DETECT_LISTS_H

#include "base.h"

/* Where people have their mail: with these, less is needed to be an address. */
#define DETECT_MAIL_HOSTS                                                          \
	"gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|icloud|aol|gmx|"    \
	"protonmail|proton|orange|wanadoo|free|sfr|laposte|neuf|bbox|numericable|" \
	"btinternet|yandex|zoho|tutanota|skynet|bluewin|videotron|rogers"

/* Those of them that sell nothing else: "they work at orange.fr" is no address. */
#define DETECT_MAIL_ONLY \
	"gmail|googlemail|hotmail|ymail|icloud|gmx|protonmail|proton|tutanota|laposte"

/* Before the @ of a company: nobody's own address. */
#define DETECT_ROLES                                                                               \
	"abuse|accounts|accueil|admin*|aftersales|aide|assistance|billing|bonjour|"                \
	"booking|bookings|boutique|bureau|care|client|clients|commande|commandes|"                 \
	"commercial|comptabilite|complaints|contact|contacts|contactus|courrier|"                  \
	"customer*|depannage|devis|direction|donotreply|dpo|enquiries|enquiry|equipe|"             \
	"facturation|feedback|garantie|gdpr|hello|help|helpdesk|hotel|hotline|info|"               \
	"infos|information|informations|inquiries|inquiry|jobs|legal|livraison|"                   \
	"livraisons|magasin|marketing|mediateur|mediation|newsletter|ne|nepasrepondre|no|noreply|" \
	"notification|notifications|office|order|orders|postmaster|presse|press|"                  \
	"privacy|reception|reclamation|reclamations|recrutement|refund|refunds|"                   \
	"relationclient*|remboursement|remboursements|reply|reservation|reservations|"             \
	"resa|restaurant|retour|retours|return|returns|rgpd|sales|sav|secretariat|"                \
	"service|services|serviceclient*|serviceconso*|shipping|shop|store|support|"               \
	"team|tickets|vente|ventes|warranty|webmaster|welcome"

/* Top-level domains that no sentence begins with: "soft.com" is a name, "soft.it" is a
 * missing space. */
#define DETECT_TLDS_SURE "com|fr|org|net|uk|nl|pl|ru|cz|dk|se|fi|jp|cn|biz|xyz|io"
/* Those that need a path behind them, or www before. */
#define DETECT_TLDS_WORDS                                                                    \
	"eu|be|de|ch|it|es|pt|ca|us|in|me|at|ie|lu|tv|co|ai|app|dev|info|shop|store|online|" \
	"site|club|top|win|link|live|ly|gl|gg|to|cc|ws|al|tk"
/* Those that people spell out. */
#define DETECT_TLDS_SPELLED "com|fr|org|net|co|uk|eu|be|ch"

#define DETECT_NETWORKS                                                                 \
	"insta|instagram|snap|snapchat|facebook|telegram|tiktok|twitter|discord|skype|" \
	"kik|whatsapp|messenger|onlyfans|twitch|vinted"
/* Two letters stand in too many words to look for them anywhere. */
#define DETECT_NETWORKS_SHORT "ig|fb"

#define DETECT_CURRENCIES                                                             \
	"euro|euros|eur|dollar|dollars|usd|bucks|gbp|quid|cents|centimes|francs|chf|" \
	"cad|aud|yen|rupees|roupies|inr|jpy"
#define DETECT_CURRENCIES_CODES "eur|usd|gbp|chf|cad|aud|inr|jpy"

/* Kinds of streets. Those of the first list say by themselves that a number before them is
 * a house; the others ("place", "way", "drive") need more. */
#define DETECT_STREETS_FR                                                              \
	"rue|avenue|av|ave|boulevard|bd|bld|blvd|bvd|impasse|imp|allee|allees|chemin|" \
	"quai|rte|faubourg|fbg|sentier|ruelle|venelle|chaussee"
#define DETECT_STREETS_FR_WEAK                                                        \
	"route|square|place|pl|cours|passage|esplanade|promenade|lotissement|hameau|" \
	"residence|voie|traverse|cite|villa|montee|clos"
#define DETECT_STREETS_EN                                                        \
	"street|road|rd|avenue|ave|lane|ln|boulevard|blvd|crescent|highway|hwy|" \
	"parkway|pkwy|mews"
#define DETECT_STREETS_EN_WEAK                                                      \
	"st|str|drive|dr|court|ct|close|terrace|square|place|way|circle|trail|row|" \
	"gardens|grove|hill"

#endif
