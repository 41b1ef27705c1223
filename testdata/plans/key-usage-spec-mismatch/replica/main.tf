provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "tokens" {
  customer_master_key_spec = "HMAC_256"
  multi_region             = true
}

resource "aws_kms_replica_key" "tokens" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_key.tokens.arn
}
