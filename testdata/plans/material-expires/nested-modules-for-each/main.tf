provider "aws" {
  region = "eu-west-1"
}

module "team" {
  source   = "./team"
  for_each = { carts = "2030-01-01T00:00:00Z", orders = null }

  end = each.value
}
