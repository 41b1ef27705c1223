provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

module "team" {
  source   = "./team"
  for_each = { carts = 1000, orders = 300 }

  days = each.value

  providers = {
    aws = aws.frankfurt
  }
}
