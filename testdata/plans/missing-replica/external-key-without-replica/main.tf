provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_external_key" "app" {
  description  = "orders"
  multi_region = true

  tags = {
    CrossRegionReplication = "enabled"
  }
}
