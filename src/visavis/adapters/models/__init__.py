"""The models that visavis can use: one registry of all weights, and the ways to fetch them."""
