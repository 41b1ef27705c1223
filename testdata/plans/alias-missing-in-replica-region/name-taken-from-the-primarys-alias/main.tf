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
}

resource "aws_kms_alias" "app" {
  name_prefix   = "alias/app-"
  target_key_id = aws_kms_key.app.key_id
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_key.app.arn
}

resource "aws_kms_alias" "frankfurt" {
  provider      = aws.frankfurt
  name          = aws_kms_alias.app.name
  target_key_id = aws_kms_replica_key.app.key_id
}
