// Failure rates of hospitals.
data {
  int<lower=1> K;
  array[K] int<lower=0> n;
  array[K] int<lower=0> y;
}
parameters {
  real mu;
  real<lower=0> tau;
  vector/*<offset=mu, multiplier=tau>*/[K] theta;
}
model {
  mu ~ normal(0, 5);
  tau ~ normal(0, 1);
  theta ~ normal(mu, tau);
  y ~ binomial_logit(n, theta);
}
