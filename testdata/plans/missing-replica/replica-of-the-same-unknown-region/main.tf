locals {
  region = "eu-west-1"
}

provider "aws" {
  region = local.region
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = "enabled"
  }
}

resource "aws_kms_replica_key" "app" {
  description     = "orders"
  primary_key_arn = aws_kms_key.app.arn
}
