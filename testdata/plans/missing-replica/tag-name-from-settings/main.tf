provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "orders" {
  enable_key_rotation = true
  multi_region        = true

  tags = {
    DisasterRecovery = "on"
  }
}

resource "aws_kms_key" "carts" {
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = "on"
  }
}
