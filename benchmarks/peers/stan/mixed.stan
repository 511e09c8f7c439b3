// b0 + b1 x + u[g]. LIKELIHOOD is poisson_log or bernoulli_logit.
data {
  int<lower=1> N;
  int<lower=1> K;
  array[N] int<lower=1, upper=K> group;
  vector[N] x;
  array[N] int<lower=0> y;
}
parameters {
  real b0;
  real b1;
  real<lower=0> tau;
  vector/*<multiplier=tau>*/[K] u;
}
model {
  b0 ~ normal(0, 2);
  b1 ~ normal(0, 2);
  tau ~ normal(0, 1);
  u ~ normal(0, tau);
  y ~ LIKELIHOOD(b0 + b1 * x + u[group]);
}
