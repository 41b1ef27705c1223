provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

module "keys" {
  source   = "./keys"
  for_each = { carts = false, orders = true, spare = false }

  enabled = each.value

  providers = {
    aws = aws.frankfurt
  }
}

module "queues" {
  source   = "./queues"
  for_each = toset(["carts", "orders"])

  name = each.key
  key  = module.keys[each.key].arn

  providers = {
    aws = aws.frankfurt
  }
}
