variable "region" {
  default = "eu-west-1"
}

provider "aws" {
  region = var.region
}

provider "aws" {
  alias  = "dr"
  region = var.region == "eu-west-1" ? "us-east-1" : "eu-west-1"
}

resource "aws_kms_key" "app" {
  multi_region        = true
  enable_key_rotation = true
  tags = {
    CrossRegionReplication = "us-east-1"
  }
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.dr
  primary_key_arn = aws_kms_key.app.arn
}

resource "aws_cloudwatch_log_group" "app" {
  provider   = aws.dr
  name       = "app"
  kms_key_id = aws_kms_replica_key.app.arn
}
