provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "terraform_data" "tier" {
  input = true
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
  multi_region        = terraform_data.tier.output
}

resource "aws_sqs_queue" "orders" {
  provider          = aws.frankfurt
  name              = "orders"
  kms_master_key_id = aws_kms_key.app.arn
}
