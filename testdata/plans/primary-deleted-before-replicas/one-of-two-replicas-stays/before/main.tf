provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
  multi_region        = true
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_key.app.arn
}

resource "aws_kms_replica_key" "virginia" {
  provider        = aws.virginia
  primary_key_arn = aws_kms_key.app.arn
}
