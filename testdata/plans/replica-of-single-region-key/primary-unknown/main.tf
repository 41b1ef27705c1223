provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "terraform_data" "handover" {
  input = "the ARN comes from another stack"
}

resource "aws_kms_replica_key" "other" {
  provider        = aws.frankfurt
  primary_key_arn = terraform_data.handover.output
}
