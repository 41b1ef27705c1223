provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
  multi_region        = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_key.app.arn
}
