provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

module "keys" {
  source   = "./keys"
  for_each = toset(["orders", "carts"])

  name = each.key
}

resource "aws_kms_replica_key" "carts" {
  provider        = aws.frankfurt
  primary_key_arn = module.keys["carts"].arn
}
