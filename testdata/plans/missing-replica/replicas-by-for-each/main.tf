provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

variable "services" {
  type    = set(string)
  default = ["carts", "orders"]
}

resource "aws_kms_key" "app" {
  for_each = var.services

  description         = each.key
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = "enabled"
  }
}

resource "aws_kms_replica_key" "app" {
  for_each = var.services
  provider = aws.frankfurt

  primary_key_arn = aws_kms_key.app[each.key].arn
}
