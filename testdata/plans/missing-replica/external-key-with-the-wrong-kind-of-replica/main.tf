provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_external_key" "app" {
  description  = "orders"
  multi_region = true

  tags = {
    CrossRegionReplication = "enabled"
  }
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_external_key.app.arn
}
