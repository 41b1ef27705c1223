provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

provider "aws" {
  alias  = "paris"
  region = "eu-west-3"
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
  multi_region        = true
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_key.app.arn
  enabled         = false
}

resource "aws_kms_replica_key" "spare" {
  provider        = aws.paris
  primary_key_arn = aws_kms_key.app.arn
  enabled         = false
}

resource "aws_sqs_queue" "jobs" {
  provider          = aws.frankfurt
  name              = "jobs"
  kms_master_key_id = aws_kms_replica_key.app.arn
}
