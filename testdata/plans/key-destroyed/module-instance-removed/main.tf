provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

module "team" {
  source   = "./team"
  for_each = toset(["carts", "orders"])

  keys = each.key == "carts" ? ["data"] : ["data", "logs"]

  providers = {
    aws = aws.frankfurt
  }
}
