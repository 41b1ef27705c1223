provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication        = "eu-central-1"
    CrossRegionReplicationRegions = "us-east-1"
  }
}

resource "aws_kms_replica_key" "app" {
  provider = aws.frankfurt

  description     = "orders"
  primary_key_arn = aws_kms_key.app.arn
}
