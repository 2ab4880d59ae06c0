"""The folder of a standard model: card, nets, the crops prepared for them."""
