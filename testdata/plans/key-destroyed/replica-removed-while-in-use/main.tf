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
}

resource "aws_sqs_queue" "jobs" {
  provider = aws.frankfurt
  name     = "jobs"
}
