provider "aws" {
  region = "eu-west-1"
}

module "team" {
  source   = "./team"
  for_each = { carts = 7, orders = 30, logs = null }

  days = each.value
}
