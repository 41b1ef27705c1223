provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

module "keys" {
  source = "./keys"

  providers = {
    aws = aws.frankfurt
  }
}

module "alias" {
  source   = "./alias"
  for_each = { carts = "blue", orders = "green" }

  name = each.key
  key  = module.keys.ids[each.value]

  providers = {
    aws = aws.frankfurt
  }
}
