provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

module "key" {
  source = "./key"

  providers = {
    aws = aws.frankfurt
  }
}

module "queues" {
  source   = "./queues"
  for_each = toset(["carts", "orders"])

  name = each.key
  key  = module.key.arn

  providers = {
    aws = aws.frankfurt
  }
}
