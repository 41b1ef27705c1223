provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"

  default_tags {
    tags = {
      DataClass = "secret"
    }
  }
}

module "team" {
  source   = "./team"
  for_each = { carts = { Owner = "carts" }, orders = {} }

  tags = each.value

  providers = {
    aws.keys = aws.frankfurt
  }
}
