/* phrases.h - a few sentences of reviews, for benches that are given no texts. */
#ifndef PHRASES_H
#define PHRASES_H

static const char *const phrases[] = {
	"Très déçue par ce vendeur, le colis est arrivé abîmé et personne ne répond.",
	"Livraison rapide, produit conforme à la description. Je recommande !",
	"Excellent rapport qualité-prix ; l'équipe a été à l'écoute du début à la fin.",
	"Absolutely love this dress, it fits perfectly and the colour is gorgeous.",
	"Not worth the money: the zip broke after 2 days and support NEVER answered.",
	"Ça fait 3 semaines que j'attends mon remboursement… à fuir.",
	"Good quality but runs large, I had to return it for a smaller size.",
	"Le restaurant est agréable, les plats copieux, mais le service un peu lent.",
};

#endif
