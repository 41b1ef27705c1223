provider "aws" {
  region = "eu-west-1"
}

module "team" {
  source   = "./team"
  for_each = { carts = "111122223333", orders = null }

  account = each.value
}
