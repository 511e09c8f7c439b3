// Ability of persons and difficulty of items.
data {
  int<lower=1> N;
  int<lower=1> persons;
  int<lower=1> items;
  array[N] int<lower=1, upper=persons> person;
  array[N] int<lower=1, upper=items> item;
  array[N] int<lower=0, upper=1> y;
}
parameters {
  real b0;
  real<lower=0> tau_person;
  real<lower=0> tau_item;
  vector/*<multiplier=tau_person>*/[persons] ability;
  vector/*<multiplier=tau_item>*/[items] difficulty;
}
model {
  b0 ~ normal(0, 2);
  tau_person ~ normal(0, 2);
  tau_item ~ normal(0, 2);
  ability ~ normal(0, tau_person);
  difficulty ~ normal(0, tau_item);
  y ~ bernoulli_logit(b0 + ability[person] - difficulty[item]);
}
