// Plates vary around a factorial design.
data {
  int<lower=1> K;
  matrix[K, 4] X;
  array[K] int<lower=0> n;
  array[K] int<lower=0> y;
}
parameters {
  vector[4] beta;
  real<lower=0> tau;
  vector/*<multiplier=tau>*/[K] u;
}
model {
  beta ~ normal(0, 2);
  tau ~ normal(0, 1);
  u ~ normal(0, tau);
  y ~ binomial_logit(n, X * beta + u);
}
