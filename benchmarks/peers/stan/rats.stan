// A line for every rat.
data {
  int<lower=1> N;
  int<lower=1> K;
  array[N] int<lower=1, upper=K> group;
  vector[N] x;
  vector[N] y;
}
parameters {
  real mu_intercept;
  real mu_slope;
  real<lower=0> tau_intercept;
  real<lower=0> tau_slope;
  real<lower=0> sigma;
  vector/*<offset=mu_intercept, multiplier=tau_intercept>*/[K] intercept;
  vector/*<offset=mu_slope, multiplier=tau_slope>*/[K] slope;
}
model {
  mu_intercept ~ normal(200, 100);
  mu_slope ~ normal(5, 10);
  tau_intercept ~ normal(0, 50);
  tau_slope ~ normal(0, 5);
  sigma ~ normal(0, 20);
  intercept ~ normal(mu_intercept, tau_intercept);
  slope ~ normal(mu_slope, tau_slope);
  y ~ normal(intercept[group] + slope[group] .* x, sigma);
}
